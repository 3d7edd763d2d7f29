import type { PoolClient } from 'pg'
import { isUnchanged, type ReadReceipt, type RollWrite } from '../core/roll-write.ts'
import { statement, timestamp } from './statement.ts'

/**
 * The receipts of reads, and the records that were kept aside. Complete reads that found everything as it was share a row
 * with those that began and ended together with them, and so do reads of the details alone; every other receipt has one of
 * its own.
 */
export async function writeReceipts(client: PoolClient, runNo: number, writes: readonly RollWrite[]): Promise<void> {
  const packs = new Map<string, RollWrite[]>()
  const alone: ReadReceipt[] = []
  for (const write of writes) {
    const key = packable(write) ? moment(write.receipt) : null
    if (key === null) alone.push(write.receipt)
    else packs.set(key, [...(packs.get(key) ?? []), write])
  }
  for (const pack of packs.values()) {
    const [first] = pack
    if (pack.length === 1 && first?.receipt.outcome === 'complete') alone.push(first.receipt)
    else await writePack(client, runNo, pack)
  }
  await writeAlone(client, runNo, alone)
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

/** Whether a pack can say all that this receipt says. */
function packable(write: RollWrite): boolean {
  const { outcome, reason, bad, vendorCount, rowsRead } = write.receipt
  if (outcome === 'unwalked') return true
  const counted = vendorCount === null || vendorCount === rowsRead
  return outcome === 'complete' && reason === null && bad.length === 0 && counted && isUnchanged(write)
}

const moment = ({ outcome, beganAt, endedAt, passes, calls, vendorCount }: ReadReceipt): string =>
  [outcome, beganAt, endedAt, passes, calls, vendorCount !== null].join()

async function writePack(client: PoolClient, runNo: number, writes: readonly RollWrite[]): Promise<void> {
  const [first] = writes
  if (first === undefined) return
  const { outcome, beganAt, endedAt, passes, calls, vendorCount } = first.receipt
  await client.query(statement('reads-pack'), [
    runNo,
    timestamp(beganAt),
    timestamp(endedAt),
    passes,
    calls,
    vendorCount !== null,
    writes.map((write) => write.known?.groupNo),
    writes.map(({ receipt }) => (outcome === 'unwalked' ? receipt.vendorCount : receipt.rowsRead)),
    outcome,
  ])
}

async function writeAlone(client: PoolClient, runNo: number, receipts: readonly ReadReceipt[]): Promise<void> {
  if (receipts.length === 0) return
  const rows = receipts.map((receipt) => ({
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
  await client.query(statement('reads-insert'), [runNo, JSON.stringify(rows)])
}
