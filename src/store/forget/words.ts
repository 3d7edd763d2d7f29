import type { Pool, PoolClient } from 'pg'
import { spellings, withoutName } from '../../core/pseudonym.ts'
import { COLUMNS } from './columns.ts'
import type { Forgetting } from './rows.ts'

type Db = Pick<Pool, 'query'> | PoolClient

/** How the rows of a table belong to a source, `$1`. */
const OF_RUN = 't.run_no IN (SELECT run_no FROM rollcall.run WHERE source_no = $1)'
const OF_SOURCE: Readonly<Record<string, string>> = {
  run: 't.source_no = $1',
  ask: 't.source_no = $1',
  held: 't.source_no = $1',
  run_work: 't.source_no = $1',
  import_file: 't.source_no = $1',
  group_receipt: OF_RUN,
  bad_record: OF_RUN,
  run_group: OF_RUN,
  gone_waiting: OF_RUN,
}
/** What a run becomes when it ends: looked through once nothing under way can bring more of it. */
const AFTER_SCRATCH = new Set(['run', 'group_receipt', 'bad_record', 'held', 'ask', 'import_file'])

interface Place {
  readonly table: string
  readonly column: string
  readonly of: string
}
const PLACES: readonly Place[] = Object.entries(COLUMNS).flatMap(([table, columns]) =>
  Object.entries(columns).flatMap(([column, treatment]) =>
    treatment === 'words' ? [{ table, column, of: ofSource(table) }] : [],
  ),
)

function ofSource(table: string): string {
  const of = OF_SOURCE[table]
  if (of === undefined) throw new Error(`whose the sentences in rollcall.${table} are is not said`)
  return of
}

/** The sentences of runs under way, with their rows locked: what they end with says no more than these. */
export const forgetInScratch = (client: PoolClient, who: Forgetting): Promise<number> =>
  forgetWords(client, who, (table) => !AFTER_SCRATCH.has(table))

/** The sentences of what has ended. */
export const forgetInWords = (db: Db, who: Forgetting): Promise<number> =>
  forgetWords(db, who, (table) => AFTER_SCRATCH.has(table))

async function forgetWords(db: Db, who: Forgetting, wanted: (table: string) => boolean): Promise<number> {
  let sentences = 0
  for (const place of PLACES) if (wanted(place.table)) sentences += await forgetInColumn(db, who, place)
  return sentences
}

/** Sentences are few and repeat: each that names the account is rewritten once, wherever it stands. */
async function forgetInColumn(db: Db, who: Forgetting, { table, column, of }: Place): Promise<number> {
  const isList = table === 'run_work' && column === 'notes'
  const each = isList ? `unnest(t.${column})` : `t.${column}`
  const { rows } = await db.query<{ said: string }>(
    `SELECT DISTINCT s.said FROM rollcall.${table} t, LATERAL (SELECT ${each} AS said) s
     WHERE ${of} AND EXISTS (SELECT FROM unnest($2::text[]) AS n (name) WHERE strpos(lower(s.said), lower(n.name)) > 0)`,
    [who.sourceNo, spellings(who.accountId)],
  )
  const changed = rows
    .map(({ said }) => ({ said, kept: withoutName(said, who.accountId, who.pseudonym, who.exactCase) }))
    .filter(({ said, kept }) => said !== kept)
  if (changed.length === 0) return 0
  const given = [who.sourceNo, changed.map(({ said }) => said), changed.map(({ kept }) => kept)]
  const update = isList
    ? `UPDATE rollcall.${table} t SET ${column} = ARRAY(
         SELECT coalesce(u.kept, n.said) FROM unnest(t.${column}) WITH ORDINALITY AS n (said, place)
         LEFT JOIN unnest($2::text[], $3::text[]) AS u (said, kept) USING (said) ORDER BY n.place)
       WHERE ${of} AND t.${column} && $2::text[]`
    : `UPDATE rollcall.${table} t SET ${column} = u.kept FROM unnest($2::text[], $3::text[]) AS u (said, kept)
       WHERE ${of} AND t.${column} = u.said`
  return (await db.query(update, given)).rowCount ?? 0
}

/** The texts of a queue in PostgreSQL: why jobs failed, and what its event stream tells of that. */
const QUEUE = [
  ['job', 'failed_reason'],
  ['job', 'stacktrace'],
  ['job_log', 'row'],
  ['event', 'data'],
] as const

/** Sentences of the queue, where it lives in this database. */
export async function forgetInQueue(db: Db, who: Forgetting): Promise<number> {
  const there = await db.query<{ there: boolean }>("SELECT to_regclass('bullmq.job') IS NOT NULL AS there")
  if (there.rows[0]?.there !== true) return 0
  let sentences = 0
  for (const [table, column] of QUEUE) {
    const { rows } = await db.query<{ said: string }>(
      `SELECT DISTINCT t.${column}::text AS said FROM bullmq.${table} t
       WHERE EXISTS (SELECT FROM unnest($1::text[]) AS n (name) WHERE strpos(lower(t.${column}::text), lower(n.name)) > 0)`,
      [spellings(who.accountId)],
    )
    for (const { said } of rows) {
      const kept = withoutName(said, who.accountId, who.pseudonym, who.exactCase)
      if (kept === said) continue
      const type = column === 'stacktrace' || column === 'data' ? 'jsonb' : 'text'
      const update = `UPDATE bullmq.${table} SET ${column} = $2::${type} WHERE ${column} = $1::${type}`
      sentences += (await db.query(update, [said, kept])).rowCount ?? 0
    }
  }
  return sentences
}
