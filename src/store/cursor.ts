import type { Pool, QueryResultRow } from 'pg'
import { lend } from './transaction.ts'

/** What a query gives, some rows at a time and all of one moment: memory stays flat however many they are. */
export async function* fetched<R extends QueryResultRow>(
  pool: Pool,
  query: string,
  params: readonly unknown[],
  atOnce: number,
): AsyncGenerator<R[], void> {
  using lent = await lend(pool)
  let failed = false
  try {
    await lent.client.query('BEGIN READ ONLY')
    await lent.client.query(`DECLARE reading NO SCROLL CURSOR FOR ${query}`, [...params])
    for (;;) {
      const { rows } = await lent.client.query<R>(`FETCH ${atOnce} FROM reading`)
      if (rows.length > 0) yield rows
      if (rows.length < atOnce) break
    }
  } catch (error) {
    failed = true
    throw await lent.undo(error)
  } finally {
    if (!failed) await lent.undo() // also where the reader wants no more
  }
}
