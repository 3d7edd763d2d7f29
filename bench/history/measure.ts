import type { Pool } from 'pg'

export interface Measure {
  readonly what: string
  readonly sql: string
  /** The figure, in ms; null where it names none. */
  readonly limitMs: number | null
  /** How often it is measured (default 5). */
  readonly times?: number
}
export interface Measured extends Measure {
  readonly ms: number
  readonly rows: number
  readonly plan: string
}

const MID = `timestamptz '2025-11-20 12:00Z'`
const YEAR = `'2025-11-01', '2026-11-01'`

/** The questions with a figure in the issue, and a few that show where the limits are. */
export const MEASURES: readonly Measure[] = [
  {
    what: 'members_at, a group of 1,000, a year ago',
    sql: `SELECT * FROM rollcall.members_at('acme', 'g3', ${MID})`,
    limitMs: 5,
  },
  {
    what: 'members_at, the largest group, a year ago',
    sql: `SELECT * FROM rollcall.members_at('acme', 'g1', ${MID})`,
    limitMs: 1000,
  },
  {
    what: 'members_at, the largest group, now',
    sql: `SELECT * FROM rollcall.members_at('acme', 'g1', now())`,
    limitMs: 1000,
  },
  { what: 'groups_of, a year ago', sql: `SELECT * FROM rollcall.groups_of('acme', 'user4711', ${MID})`, limitMs: 5 },
  {
    what: 'a year of daily growth, a group of 1,000',
    sql: `SELECT * FROM rollcall.growth('acme', 'g3', ${YEAR}, 'Asia/Shanghai')`,
    limitMs: 20,
  },
  {
    what: 'a year of daily growth, the largest group',
    sql: `SELECT * FROM rollcall.growth('acme', 'g1', ${YEAR}, 'Asia/Shanghai')`,
    limitMs: 20,
  },
  {
    what: 'a year of daily growth, all groups',
    sql: `SELECT * FROM rollcall.growth('acme', NULL, ${YEAR}, 'Asia/Shanghai')`,
    limitMs: 2000,
  },
  {
    what: 'churn by month, the source',
    sql: `SELECT * FROM rollcall.churn('acme', ${YEAR}, 'Asia/Shanghai')`,
    limitMs: 2000,
  },
  {
    what: 'churn by month, by size band',
    sql: `SELECT * FROM rollcall.churn('acme', ${YEAR}, 'Asia/Shanghai', 'size')`,
    limitMs: null,
    times: 1,
  },
  {
    what: 'cohorts of a year, by week',
    sql: `SELECT * FROM rollcall.cohorts('acme', NULL, ${YEAR}, 'Asia/Shanghai')`,
    limitMs: 5000,
  },
  {
    what: 'overlap of a group of 1,000 with all others, now',
    sql: `SELECT * FROM rollcall.overlap_of('acme', 'g3')`,
    limitMs: 500,
  },
  {
    what: 'overlap of a group of 1,000 with all others, a year ago',
    sql: `SELECT * FROM rollcall.overlap_of('acme', 'g3', ${MID})`,
    limitMs: 500,
  },
  {
    what: 'top 50 overlapping pairs, now',
    sql: `SELECT * FROM rollcall.top_overlaps('acme', now())`,
    limitMs: 120_000,
    times: 1,
  },
  { what: 'reach, now', sql: `SELECT * FROM rollcall.reach('acme')`, limitMs: null, times: 2 },
  {
    what: 'survival of a year of joins',
    sql: `SELECT * FROM rollcall.survival('acme', 'all', '2025-11-01Z', '2026-11-01Z')`,
    limitMs: null,
    times: 1,
  },
  { what: 'hygiene', sql: `SELECT * FROM rollcall.hygiene WHERE source = 'acme'`, limitMs: null, times: 2 },
]

/** Planning and execution with every column made as text, as the server sees it; the median of some runs after a first one. */
export async function measure(pool: Pool, one: Measure): Promise<Measured> {
  const times: number[] = []
  let rows = 0
  let plan = ''
  for (let run = 0; run <= (one.times ?? 5); run += 1) {
    const { rows: said } = await pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, SERIALIZE TEXT) ${one.sql}`,
    )
    const lines = said.map((row) => row['QUERY PLAN'])
    plan = lines.join('\n')
    const took = (name: string): number => Number(new RegExp(`${name} Time: ([\\d.]+) ms`).exec(plan)?.[1] ?? 0)
    rows = Number(/actual rows=([\d.]+)/.exec(lines[0] ?? '')?.[1] ?? 0)
    if (run > 0 || one.times === 1) times.push(took('Planning') + took('Execution'))
  }
  const sorted = times.toSorted((a, b) => a - b)
  return { ...one, ms: sorted[Math.floor(sorted.length / 2)] ?? 0, rows, plan }
}

export interface Bytes {
  readonly what: string
  readonly rows: number
  readonly bytes: number
}

/** What the history weighs, with its indexes. */
export async function weigh(pool: Pool): Promise<Bytes[]> {
  const { rows } = await pool.query<{ what: string; rows: string; bytes: string }>(`
    SELECT t AS what, pg_total_relation_size(('rollcall.' || t)::regclass)::text AS bytes,
      (SELECT reltuples::bigint::text FROM pg_class WHERE oid = ('rollcall.' || t)::regclass) AS rows
    FROM unnest(ARRAY['member', 'stay', 'source_fact', 'group_fact', 'group_total']) t`)
  return rows.map(({ what, rows: count, bytes }) => ({ what, rows: Number(count), bytes: Number(bytes) }))
}
