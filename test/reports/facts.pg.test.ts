import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rebuildFacts, refreshFacts } from '../../src/store/reports/facts.ts'
import { createBook } from './book.ts'
import type { StoryEvent } from './story.ts'

const FACTS = `SELECT 'source' AS of, source_no AS no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12 FROM rollcall.source_fact
  UNION ALL SELECT 'group', group_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12 FROM rollcall.group_fact
  UNION ALL SELECT 'total' || detailed, group_no, NULL, joins, backlog, leaves, 0, 0, 0 FROM rollcall.group_total ORDER BY 1, 2, 3`

/** What people do in one second: who comes to or goes from which group, and how the time passes. */
const moves = fc.array(
  fc.record({
    pause: fc.constantFrom(1, 60, 899, 900, 86_400),
    group: fc.constantFrom('a', 'b', 'c'),
    accounts: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
    dissolve: fc.boolean(),
    refresh: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
)

test('facts that each run adds equal facts made anew, after random histories', async () => {
  await using book = await createBook('acme', { lateFacts: true })
  const inside = new Map<string, Set<string>>()
  let t = Date.parse('2024-01-01T00:00:00Z') / 1000
  await fc.assert(
    fc.asyncProperty(moves, async (steps) => {
      for (const step of steps) {
        t += step.pause
        await book.play(eventsOf(step, t, inside))
        if (step.refresh) await book.withFacts((pool) => refreshFacts(pool, 1))
      }
      await book.withFacts((pool) => refreshFacts(pool, 1))
      const kept = await book.pool.query(FACTS)
      await book.withFacts((pool) => rebuildFacts(pool, ['acme']))
      expect((await book.pool.query(FACTS)).rows).toEqual(kept.rows)
      const { rows } = await book.pool.query(`SELECT sum(joins + backlog - leaves)::int AS now,
        (SELECT count(*)::int FROM rollcall.member) AS roll FROM rollcall.source_fact`)
      expect(rows[0].now).toBe(rows[0].roll)
    }),
    { numRuns: 8, seed: 20_240_101 },
  )
}, 180_000)

function eventsOf(
  step: { group: string; accounts: readonly number[]; dissolve: boolean },
  t: number,
  inside: Map<string, Set<string>>,
): StoryEvent[] {
  const { group } = step
  const members = inside.get(group)
  if (members !== undefined && step.dissolve && step.accounts.length === 1) {
    inside.delete(group)
    return [{ t, group, op: 'dissolve' }]
  }
  const events: StoryEvent[] = members === undefined ? [{ t, group, op: 'create', name: group }] : []
  const now = members ?? new Set()
  inside.set(group, now)
  for (const account of step.accounts.map(String)) {
    if (now.delete(account)) events.push({ t, group, op: 'leave', account })
    else {
      now.add(account)
      events.push({ t, group, op: 'join', account, role: 'member' })
    }
  }
  return events
}

test('a group that reaches 5,000 stays gets facts of its own, and growth stays what it was', async () => {
  await using book = await createBook('acme', { lateFacts: true })
  const t = Date.parse('2024-01-01T00:00:00Z') / 1000
  const people = (from: number, to: number, second: number): StoryEvent[] =>
    Array.from({ length: to - from }, (_, i) => ({
      t: second,
      group: 'big',
      op: 'join',
      account: `u${from + i}`,
      role: 'member',
    }))
  const growth = `SELECT bucket::text, joins, backlog, leaves, members FROM rollcall.growth('acme', 'big', '2024-01-01', '2024-01-06')`
  await book.play([{ t, group: 'big', op: 'create', name: 'Big' }, ...people(0, 4600, t)])
  await book.play(people(4600, 4990, t + 86_400))
  await book.withFacts((pool) => refreshFacts(pool, 1))
  expect((await book.pool.query('SELECT count(*)::int AS n FROM rollcall.group_fact')).rows).toEqual([{ n: 0 }])
  await book.play([
    ...people(4990, 5100, t + 2 * 86_400),
    { t: t + 2 * 86_400, group: 'big', op: 'leave', account: 'u1' },
  ])
  const cohorts = `SELECT week::text, joined::int, after_1_week::float, after_4_weeks::float, backlog::int
    FROM rollcall.cohorts('acme', 'big', '2024-01-01', '2024-01-15')`
  const before = (await book.pool.query(growth)).rows
  const weeks = (await book.pool.query(cohorts)).rows
  await book.withFacts((pool) => refreshFacts(pool, 1))
  expect((await book.pool.query('SELECT count(*)::int AS n FROM rollcall.group_fact')).rows).toEqual([{ n: 3 }])
  expect((await book.pool.query(growth)).rows).toEqual(before)
  expect((await book.pool.query(cohorts)).rows).toEqual(weeks)
  // A run that the facts do not hold yet counts at once.
  await book.play([
    ...people(5100, 5110, t + 3 * 86_400),
    { t: t + 3 * 86_400, group: 'big', op: 'leave', account: 'u2' },
  ])
  const { rows } = await book.pool.query(growth)
  expect(rows.map((row) => [Number(row.joins), Number(row.backlog), Number(row.leaves), Number(row.members)])).toEqual([
    [0, 4600, 0, 4600],
    [390, 0, 0, 4990],
    [110, 0, 1, 5099],
    [10, 0, 1, 5108],
    [0, 0, 0, 5108],
  ])
  // Those of the second day who left in their first week, one of them by a run that the facts do not hold yet.
  const day = (n: number): number => t + n * 86_400
  await book.play([{ t: day(5), group: 'big', op: 'leave', account: 'u4601' }])
  await book.withFacts((pool) => refreshFacts(pool, 1))
  await book.play([
    { t: day(6), group: 'big', op: 'leave', account: 'u4602' },
    { t: day(40), group: 'big', op: 'leave', account: 'u4603' },
  ])
  const left = [
    { week: '2024-01-01', joined: 510, after_1_week: 0.9961, after_4_weeks: 0.9961, backlog: 4600 },
    { week: '2024-01-08', joined: 0, after_1_week: null, after_4_weeks: null, backlog: 0 },
  ]
  expect((await book.pool.query(cohorts)).rows).toEqual(left)
  await book.withFacts((pool) => refreshFacts(pool, 1))
  expect((await book.pool.query(cohorts)).rows).toEqual(left)
}, 60_000)

test.each([2, 21])('%i groups that reach 5,000 stays at once get the facts that their rows make', async (groups) => {
  await using book = await createBook('acme', { lateFacts: true })
  const t = Date.parse('2024-01-01T00:00:00Z') / 1000
  await book.play([{ t, group: 'a', op: 'create', name: 'A' }])
  await book.pool.query(
    `INSERT INTO rollcall.chat_group (source_no, group_id, type, print, first_seen_at)
      SELECT 1, 'g' || n, 'Public', 0, now() FROM generate_series(1, $1::integer) n`,
    [groups],
  )
  await book.pool.query(
    `INSERT INTO rollcall.member (group_no, account_id, first_seen_at, start_at, start_not_before, print, start_run, live_print, role)
      SELECT g.group_no, 'u' || n, now(), timestamptz '2024-01-01Z' + n % 7 * interval '1 hour',
        CASE WHEN n % 3 = 0 THEN timestamptz '2023-12-01Z' END, 0, 1, 0, 'member'
      FROM rollcall.chat_group g, generate_series(1, 5000) n WHERE g.group_id LIKE 'g%'`,
  )
  await book.withFacts((pool) => refreshFacts(pool, 1))
  const counted = `SELECT group_no, start_at AS slot, count(*) FILTER (WHERE start_not_before IS NOT NULL)::int AS joins,
      count(*) FILTER (WHERE start_not_before IS NULL)::int AS backlog
    FROM rollcall.member GROUP BY 1, 2 ORDER BY 1, 2`
  const { rows } = await book.pool.query('SELECT group_no, slot, joins, backlog FROM rollcall.group_fact ORDER BY 1, 2')
  expect(rows).toHaveLength(7 * groups)
  expect(rows).toEqual((await book.pool.query(counted)).rows)
})

test('the days of every zone begin on a quarter of an hour, from 2012 to 2036', async () => {
  await using book = await createBook()
  // Weeks whose ends lie at different distances from UTC, then the days in them, then the quarters of an hour in those.
  const { rows } = await book.pool.query(`
    WITH zones AS (SELECT name FROM pg_timezone_names WHERE name ~ '^[A-Z][A-Za-z]+/' AND name !~ '^(Etc|US|Canada|Mexico|Brazil|Chile)/'),
    weeks AS MATERIALIZED (
      SELECT z.name, w FROM zones z, generate_series(timestamptz '2012-01-01Z', '2036-12-31Z', '7 days') w
      WHERE (w AT TIME ZONE z.name) - ((w + interval '168 hours') AT TIME ZONE z.name) <> interval '-7 days'
    ), days AS MATERIALIZED (
      SELECT name, d FROM weeks, generate_series(w, w + interval '144 hours', '24 hours') d
      WHERE (d AT TIME ZONE name) - ((d + interval '24 hours') AT TIME ZONE name) <> interval '-1 day'
    )
    SELECT name, slot FROM days, generate_series(d, d + interval '1425 minutes', '15 minutes') slot
    WHERE (slot AT TIME ZONE name)::date <> ((slot + interval '15 minutes' - interval '1 microsecond') AT TIME ZONE name)::date
    UNION ALL
    SELECT z.name, w FROM zones z, generate_series(timestamptz '2012-01-01Z', '2036-12-31Z', '30 days') w
    WHERE extract(epoch FROM (w AT TIME ZONE z.name) - (w AT TIME ZONE 'UTC'))::int % 900 <> 0`)
  expect(rows).toEqual([])
}, 120_000)

test('a run that still goes on is not folded in, nor one after it, and the sums are right all the same', async () => {
  await using book = await createBook('acme', { lateFacts: true })
  const t = Date.parse('2024-01-01T00:00:00Z') / 1000
  await book.play([{ t, group: 'a', op: 'create', name: 'A' }])
  for (const [day, account] of ['x', 'y', 'z'].entries())
    await book.play([{ t: t + (day + 1) * 86_400, group: 'a', op: 'join', account, role: 'member' }])
  await book.pool.query('UPDATE rollcall.run SET finished_at = NULL WHERE run_no = 3')
  const growth = `SELECT joins::int FROM rollcall.growth('acme', NULL, '2024-01-01', '2024-01-05')`
  expect(await book.withFacts((pool) => refreshFacts(pool, 1))).toBe(2)
  expect((await book.pool.query(growth)).rows.map((row) => row.joins)).toEqual([0, 1, 1, 1])
  await book.pool.query('UPDATE rollcall.run SET finished_at = started_at WHERE run_no = 3')
  expect(await book.withFacts((pool) => refreshFacts(pool, 1))).toBe(4)
  expect((await book.pool.query(growth)).rows.map((row) => row.joins)).toEqual([0, 1, 1, 1])
})
