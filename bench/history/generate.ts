import type { Pool } from 'pg'

export interface Scale {
  readonly groups: number
  readonly members: number
  readonly intervals: number
}
/** The figures at `share` 1; a tenth of everything at 0.1. */
export const scaleOf = (share: number): Scale => ({
  groups: Math.round(100_000 * share),
  members: Math.round(2_000_000 * share),
  intervals: Math.round(20_000_000 * share),
})
/** Four runs a day for two years. */
const RUNS = 4 * 730

/**
 * Fills the history directly, as two years of runs would have left it: half of all members in one group, a twentieth in
 * another, one group of exactly 1,000, the rest heavy-tailed; joins at any second, leaves at the ends of reads.
 */
export async function generate(pool: Pool, scale: Scale, say: (text: string) => void): Promise<void> {
  const client = await pool.connect()
  const step = async (what: string, sql: string) => {
    const began = Date.now()
    await client.query(sql)
    say(`${what}: ${((Date.now() - began) / 1000).toFixed(1)} s`)
  }
  try {
    await client.query(`SET session_replication_role = replica`) // no triggers: the rows are right by construction
    await client.query(`SET maintenance_work_mem = '1GB'`)
    await client.query(`SET work_mem = '512MB'`)
    await client.query('SELECT setseed(0.42)')
    await step('source, runs and groups', groupsSql(scale))
    await client.query(
      'DROP INDEX rollcall.member_account_id_idx, rollcall.member_start_run_idx, rollcall.stay_account_id_idx, rollcall.stay_group_no_end_at_start_at_idx, rollcall.stay_end_run_idx',
    )
    await client.query('ALTER TABLE rollcall.member DROP CONSTRAINT member_pkey')
    await client.query('ALTER TABLE rollcall.stay DROP CONSTRAINT stay_pkey')
    await step('members', membersSql)
    await step('stays', staysSql(scale))
    await step('edits', EDITS)
    await step(
      'primary keys',
      `ALTER TABLE rollcall.member ADD PRIMARY KEY (group_no, account_id);
      ALTER TABLE rollcall.stay ADD PRIMARY KEY (group_no, account_id, start_at)`,
    )
    await step(
      'indexes',
      `CREATE INDEX member_account_id_idx ON rollcall.member (account_id);
      CREATE INDEX member_start_run_idx ON rollcall.member (start_run);
      CREATE INDEX stay_account_id_idx ON rollcall.stay (account_id);
      CREATE INDEX stay_group_no_end_at_start_at_idx ON rollcall.stay (group_no, end_at, start_at);
      CREATE INDEX stay_end_run_idx ON rollcall.stay USING brin (end_run) WITH (pages_per_range = 32)`,
    )
    await step('vacuum', 'VACUUM ANALYZE')
    await step('facts of all runs (rebuild)', 'SELECT rollcall.rebuild_facts(1)')
    await step('vacuum', 'VACUUM ANALYZE rollcall.source_fact, rollcall.group_fact, rollcall.group_total')
  } finally {
    client.release(true) // its settings go with it
  }
}

const T0 = `timestamptz '2024-11-20 00:00Z'`
const readEnd = (run: string): string => `${T0} + ${run} * interval '6 hours'`

function groupsSql({ groups, members }: Scale): string {
  return `
  INSERT INTO rollcall.source (name, vendor) VALUES ('acme', 'tencent');
  INSERT INTO rollcall.run (source_no, trigger, started_at, finished_at, verdict, groups_seen, groups_complete, duration_ms, calls)
  SELECT 1, 'schedule', ${readEnd('n')} - interval '5 minutes', ${readEnd('n')}, 'complete', ${groups}, ${groups}, 300000, '{"getGroupInfo": 2000}'
  FROM generate_series(1, ${RUNS}) n;
  CREATE TABLE public.plan AS
    WITH raw AS (
      SELECT n, CASE n WHEN 1 THEN ${members / 2}.0 WHEN 2 THEN ${members / 20}.0 WHEN 3 THEN 1000.0
        ELSE least(power(random(), -0.9), 3000) END AS weight FROM generate_series(1, ${groups}) n
    )
    SELECT n AS group_no, CASE WHEN n <= 3 THEN weight::int
      ELSE greatest(1, (weight * ${members - members / 2 - members / 20 - 1000} / (SELECT sum(weight) FROM raw WHERE n > 3))::int) END AS size,
      (hashint4(n)::bigint & 2147483647) % ${members / 2} AS base
    FROM raw;
  INSERT INTO rollcall.chat_group (source_no, group_id, type, name, member_count, max_members, created_at, print, first_seen_at)
  SELECT 1, 'g' || group_no, (ARRAY['Public', 'Private', 'Community', 'ChatRoom'])[1 + group_no % 4], 'group ' || group_no, size,
    size * 2, ${T0} - interval '30 days', 0, ${readEnd('1')} FROM public.plan ORDER BY group_no;
  INSERT INTO rollcall.roll_state (group_no, version, rows, read_began_at, read_ended_at, first_complete_at, complete_began_at, complete_ended_at)
  SELECT group_no, 1, size, ${readEnd(String(RUNS))} - interval '1 minute', ${readEnd(String(RUNS))}, ${readEnd('1')},
    ${readEnd(String(RUNS))} - interval '1 minute', ${readEnd(String(RUNS))} FROM public.plan;
  INSERT INTO rollcall.group_event (group_no, run_no, kind, at) SELECT group_no, 1, 'created', ${readEnd('1')} FROM public.plan;
  ANALYZE public.plan`
}

/** Current members: a tenth was there at the first reading; an owner each, an admin in a hundred. */
const membersSql = `
  INSERT INTO rollcall.member (first_seen_at, start_at, start_not_before, join_id, print, group_no, start_run, live_print, role,
    account_id, edited, joined_at, last_spoke_at)
  SELECT ${readEnd('run')}, CASE WHEN run = 1 THEN ${readEnd('run')} ELSE start_at END,
    CASE WHEN run > 1 THEN ${readEnd('run')} - interval '6 hours 1 minute' END, row_number() OVER (ORDER BY run, group_no),
    0, group_no, run, 0, (CASE WHEN i = 0 THEN 'owner' WHEN i % 100 = 1 THEN 'admin' ELSE 'member' END)::rollcall.member_role,
    'user' || account, i % 200 = 7, CASE WHEN run = 1 THEN NULL ELSE start_at END, start_at + interval '1 day'
  FROM (
    SELECT p.group_no, i, (p.base + i) % (SELECT sum(size) / 2 FROM public.plan) AS account, s.at AS start_at,
      CASE WHEN i % 10 = 0 THEN 1 ELSE 1 + ceil(extract(epoch FROM s.at - ${T0}) / 21600)::int END AS run
    FROM public.plan p CROSS JOIN LATERAL generate_series(0, p.size - 1) i
    CROSS JOIN LATERAL (SELECT ${T0} + interval '6 hours' + (p.size * 0 + i * 0 + random()) * interval '728 days' AS at) s
  ) x
  ORDER BY group_no, 'user' || account`

/** Stays that have ended: each group's in proportion to its size, in three eras, so that a third of the leavers comes back. */
function staysSql({ members, intervals }: Scale): string {
  const each = Math.round((intervals - members) / members)
  return `
  INSERT INTO rollcall.stay (first_seen_at, start_at, start_not_before, end_at, end_not_before, join_id, left_id, group_no, start_run,
    end_run, role, account_id, joined_at)
  SELECT ${readEnd('start_run')}, start_at, ${readEnd('start_run')} - interval '6 hours 1 minute', ${readEnd('end_run')},
    ${readEnd('end_run')} - interval '6 hours 1 minute', ${members} + 2 * row_number() OVER (ORDER BY end_run, group_no),
    ${members} + 1 + 2 * row_number() OVER (ORDER BY end_run, group_no), group_no, start_run, end_run, 'member', 'user' || account, start_at
  FROM (
    SELECT y.group_no, y.account, y.start_at, 1 + ceil(extract(epoch FROM y.start_at - ${T0}) / 21600)::int AS start_run,
      2 + ceil(extract(epoch FROM y.start_at + y.lasts - ${T0}) / 21600)::int AS end_run
    FROM (
      SELECT p.group_no, (p.base + p.size + j % (${each / 3} * p.size)::int) % (SELECT 2 * sum(size) FROM public.plan) AS account,
        ${T0} + interval '6 hours' + (j / (${each / 3} * p.size)::int) * interval '240 days' + random() * interval '140 days' AS start_at,
        (90 * random() * random() + j * 0) * interval '1 day' AS lasts
      FROM public.plan p CROSS JOIN LATERAL generate_series(0, p.size * ${each} - 1) j
    ) y
  ) x
  ORDER BY end_run, group_no, 'user' || account`
}

const EDITS = `
  INSERT INTO rollcall.member_edit (id, group_no, run_no, account_id, kind, at, not_before, old, new)
  SELECT (SELECT max(left_id) FROM rollcall.stay) + row_number() OVER (), group_no, ${RUNS}, account_id, 'role', ${readEnd(String(RUNS))},
    ${readEnd(String(RUNS - 1))}, '{"role": "admin"}', jsonb_build_object('role', role)
  FROM rollcall.member WHERE edited`
