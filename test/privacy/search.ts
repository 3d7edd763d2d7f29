import type { Pool } from 'pg'

/**
 * Where a text stands in a database, whatever its case: every column of every table of every schema but PostgreSQL's own,
 * as text (bytes also as what they spell, and as hex), and the planner's samples. `schema.table.column (rows)` each.
 */
export async function placesOf(pool: Pool, mark: string): Promise<string[]> {
  const { rows: columns } = await pool.query<{ table: string; column: string; type: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS table, quote_ident(a.attname) AS column, t.typname AS type
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relkind IN ('r', 'm', 'p', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  )
  if (columns.length < 100) throw new Error(`only ${columns.length} columns were found to search`)
  const places: string[] = []
  for (const { table, column, type } of columns) {
    const texts = type === 'bytea' ? [`encode(${column}, 'escape')`, `encode(${column}, 'hex')`] : [`${column}::text`]
    const asHex = Buffer.from(mark).toString('hex')
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::integer AS n FROM ${table}
       WHERE ${texts.map((text) => `strpos(lower(${text}), lower($1)) > 0 OR strpos(lower(${text}), $2) > 0`).join(' OR ')}`,
      [mark, asHex],
    )
    const [found] = rows
    if (found !== undefined && found.n > 0) places.push(`${table}.${column} (${found.n})`)
  }
  const { rows: samples } = await pool.query<{ place: string }>(
    `SELECT format('pg_stats of %s.%s', tablename, attname) AS place FROM pg_stats
     WHERE strpos(lower(concat(most_common_vals::text, histogram_bounds::text, most_common_elems::text)), lower($1)) > 0`,
    [mark],
  )
  return [...places, ...samples.map(({ place }) => place)].sort()
}
