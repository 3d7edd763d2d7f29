import { pipeline } from 'node:stream/promises'
import type { Pool } from 'pg'
import { from } from 'pg-copy-streams'
import type { Roll } from '../data.ts'
import { rowsOf } from './rows.ts'

/**
 * The physical limit: COPY of the same rows, as text that is ready, in the order in which they arrive, by one
 * connection, into the same indexed table. No group, no receipt, no comparison.
 */
export function rendered(rolls: readonly Roll[]): Buffer[] {
  const chunks: Buffer[] = []
  let text = ''
  for (const row of rowsOf(rolls)) {
    text += `${row.map((value) => (value === null ? '\\N' : String(value))).join('\t')}\n`
    if (text.length < 65_536) continue
    chunks.push(Buffer.from(text))
    text = ''
  }
  chunks.push(Buffer.from(text))
  return chunks
}

export async function copyRows(pool: Pool, chunks: readonly Buffer[]): Promise<void> {
  const client = await pool.connect()
  try {
    const into = from(
      `COPY rollcall.member (first_seen_at, start_at, print, group_no, start_run, live_print, role, account_id, name_card,
        joined_at, last_spoke_at, attributes, live) FROM STDIN`,
    )
    await pipeline(chunks, client.query(into))
  } finally {
    client.release()
  }
}
