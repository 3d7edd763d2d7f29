import type { PoolClient } from 'pg'
import type { RollWrite } from '../core/plan.ts'
import { statement, timestamp } from './statement.ts'

/** The receipts of reads, and the records that were kept aside. */
export async function writeReceipts(client: PoolClient, runNo: number, writes: readonly RollWrite[]): Promise<void> {
  if (writes.length === 0) return
  const receipts = writes.map(({ receipt }) => ({
    group_id: receipt.groupId,
    began_at: timestamp(receipt.beganAt),
    ended_at: timestamp(receipt.endedAt),
    outcome: receipt.outcome,
    vendor_count: receipt.vendorCount,
    rows_read: receipt.rowsRead,
    passes: receipt.passes,
    calls: receipt.calls,
    reason: receipt.reason,
  }))
  await client.query(statement('reads-insert'), [runNo, JSON.stringify(receipts)])
  const bad = writes.flatMap(({ receipt }) =>
    receipt.bad.map((record) => ({
      group_id: receipt.groupId,
      account_id: record.accountId,
      field: record.field,
      reason: record.reason,
      at: timestamp(receipt.endedAt),
    })),
  )
  if (bad.length > 0) await client.query(statement('bad-insert'), [runNo, JSON.stringify(bad)])
}
