import type { Pool, QueryResultRow } from 'pg'

/** What a query gives, some rows at a time and all of one moment: memory stays flat however many they are. */
export async function* fetched<R extends QueryResultRow>(
  pool: Pool,
  query: string,
  params: readonly unknown[],
  atOnce: number,
): AsyncGenerator<R[], void> {
  const client = await pool.connect()
  const onCut = () => {} // the query in hand says it as well
  client.on('error', onCut)
  try {
    await client.query('BEGIN READ ONLY')
    await client.query(`DECLARE reading NO SCROLL CURSOR FOR ${query}`, [...params])
    for (;;) {
      const { rows } = await client.query<R>(`FETCH ${atOnce} FROM reading`)
      if (rows.length > 0) yield rows
      if (rows.length < atOnce) break
    }
  } finally {
    await client.query('ROLLBACK').catch(() => null) // the reader may have gone away with the connection
    client.off('error', onCut)
    client.release()
  }
}
