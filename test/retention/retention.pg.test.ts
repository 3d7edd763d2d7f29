import type { Pool } from 'pg'
import { expect, test } from 'vitest'
import { createRandom } from '../../src/simulator/random.ts'
import { membersAt } from '../../src/store/queries.ts'
import { rebuildFacts } from '../../src/store/reports/facts.ts'
import { type Retained, retain, type RetainRule } from '../../src/sync/retain.ts'
import { ask, moment, seconds } from '../reports/ask.ts'
import { type Book, createBook, setReportNow } from '../reports/book.ts'
import { randomStory, saidOf, saidSince } from './history.ts'

const BEGIN = Date.parse('2024-01-10T00:00:00Z') / 1000
const DAY = 86_400
const HISTORY = { source: 'acme', history: { count: 30, unit: 'd' }, reads: null } as const
const READS = { source: 'acme', history: null, reads: { count: 30, unit: 'd' } } as const
const BOTH = { ...HISTORY, reads: READS.reads } as const

/** A pass in which what ended before `limit` (s) goes, and what is said to the log meanwhile. */
async function pass(pool: Pool, rule: RetainRule, limit: number, more: { dryRun?: boolean } = {}) {
  const said: string[] = []
  const note = (_: object, message: string) => void said.push(message)
  const deps = { pool, clock: { now: () => (limit + 30 * DAY) * 1000 }, log: { info: note, warn: note } }
  const done = await retain(deps, rule, { signal: new AbortController().signal, ...more })
  return { ...(done as Retained), said }
}

async function playedBook(seed: number, days = 120): Promise<{ book: Book; ticks: number[]; last: number }> {
  const book = await createBook()
  const story = randomStory(createRandom(seed), BEGIN, days)
  await book.play(story)
  const ticks = [...new Set(story.map(({ t }) => t))]
  const last = ticks.at(-1) ?? BEGIN
  await setReportNow(book.pool, last + DAY)
  return { book, ticks, last }
}

const FRESHNESS =
  'SELECT group_id, outcome, reason, last_tried_at, last_run_id FROM rollcall.freshness ORDER BY group_id'
const rowsOf = async (pool: Pool, table: string): Promise<number> =>
  Number((await pool.query(`SELECT count(*) AS n FROM rollcall.${table}`)).rows[0].n)

test.each([1, 2, 3, 4, 5, 6])(
  'history %i: whatever the limit, nothing that was so from then on changes',
  async (seed) => {
    const { book, ticks, last } = await playedBook(seed)
    await using _ = book
    const { pool } = book
    const random = createRandom(seed * 31)
    const limit = Math.ceil((random.pick(ticks.slice(2, -2)) + random.int(2 * DAY)) / 900) * 900
    const moments = [limit, ...ticks.filter((t) => t >= limit).flatMap((t) => [t - 1, t, t + 1]), last + DAY].filter(
      (t) => t >= limit,
    )
    const before = await Promise.all(moments.map((t) => saidOf(pool, t)))
    const sinceBefore = await saidSince(pool, limit, last)
    const stood = await ask(pool, 'SELECT * FROM rollcall.membership_intervals WHERE end_at IS NULL OR end_at >= $1', [
      moment(limit),
    ])
    const wouldGo = await pass(pool, BOTH, limit, { dryRun: true })
    expect(await rowsOf(pool, 'retention')).toBe(0)

    const { gone, done } = await pass(pool, BOTH, limit)

    expect(done).toBe(true)
    expect(gone.stays).toBeGreaterThan(0)
    expect({ ...gone, reads: 0 }).toEqual({ ...wouldGo.gone, reads: 0 })
    expect(gone.reads).toBeLessThanOrEqual(wouldGo.gone.reads)
    for (const [n, t] of moments.entries()) expect(await saidOf(pool, t), moment(t)).toEqual(before[n])
    expect(await saidSince(pool, limit, last)).toEqual({
      ...sinceBefore,
      // The read that bounds a leave from below may lie before the limit.
      leaveReads: sinceBefore.leaveReads?.map((row) =>
        seconds(row.last_seen_at) < limit ? { ...row, last_seen_run_id: null } : row,
      ),
    })
    // Nothing else is there, and none of it is half there.
    expect(await ask(pool, 'SELECT * FROM rollcall.membership_intervals')).toEqual(expect.arrayContaining(stood))
    expect(await rowsOf(pool, 'membership_intervals')).toBe(stood.length)
    expect(
      await ask(
        pool,
        `SELECT e.id FROM rollcall.member_edit e WHERE NOT EXISTS (
         SELECT FROM rollcall.every_stay s WHERE s.group_no = e.group_no AND s.account_id = e.account_id
           AND e.id > s.join_id AND (s.left_id IS NULL OR e.id < s.left_id))`,
      ),
    ).toEqual([])
    // What lies before says that it is not proven.
    for (const t of ticks.filter((one) => one < limit))
      for (const group of ['hall', 'club', 'tent'])
        for (const row of await membersAt(pool, 'acme', group, t * 1000)) expect(row.proven).toBe(false)
    // Facts made anew are what they were.
    await rebuildFacts(pool, ['acme'])
    const again = await saidSince(pool, limit, last)
    expect(again.grownAlways).toEqual(sinceBefore.grownAlways)
    expect(again.cohorts).toEqual(sinceBefore.cohorts)
    // A second pass finds nothing.
    expect((await pass(pool, BOTH, limit)).gone).toEqual({ stays: 0, edits: 0, events: 0, reads: 0 })
  },
)

test('a process that dies in the middle: nothing is half gone, and the next pass goes on', async () => {
  const { book, last } = await playedBook(8)
  await using _ = book
  const { pool } = book
  const limit = Math.floor((BEGIN + last) / 2 / 900) * 900
  // The second group of the story dies with its first stay; a sequence is what a rolled back transaction leaves behind.
  await pool.query(`CREATE SEQUENCE public.deaths;
    CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('public.deaths') = 5 THEN RAISE 'died'; END IF; RETURN OLD; END $$;
    CREATE TRIGGER die BEFORE DELETE ON rollcall.stay FOR EACH ROW EXECUTE FUNCTION public.die()`)
  const before = [await rowsOf(pool, 'stay'), await rowsOf(pool, 'member_edit')]
  await expect(pass(pool, HISTORY, limit)).rejects.toThrow('died')
  expect([await rowsOf(pool, 'stay'), await rowsOf(pool, 'member_edit')]).toEqual(before)
  // From now on, though, nothing before is called proven.
  expect((await membersAt(pool, 'acme', 'hall', (limit - 1) * 1000)).some(({ proven }) => proven)).toBe(false)
  const { gone } = await pass(pool, HISTORY, limit)
  expect(gone.stays).toBeGreaterThan(5)
  expect(await ask(pool, 'SELECT * FROM rollcall.stay WHERE end_at < $1', [moment(limit)])).toEqual([])
  const { rows } = await pool.query('SELECT stays::integer, ended_at IS NOT NULL AS ended FROM rollcall.retention')
  expect(rows).toEqual([{ stays: gone.stays, ended: true }])
})

test('a signal ends it between two steps', async () => {
  const { book, last } = await playedBook(9, 40)
  await using _ = book
  const { pool } = book
  const stop = new AbortController()
  stop.abort()
  const deps = { pool, clock: { now: () => (last + 90 * DAY) * 1000 }, log: { info() {}, warn() {} } }
  expect(await retain(deps, BOTH, { signal: stop.signal })).toMatchObject({ done: false, gone: { stays: 0 } })
  expect((await pool.query('SELECT ended_at FROM rollcall.retention')).rows).toEqual([{ ended_at: null }])
})

test('syncs beside it lose nothing, and what they find is kept', async () => {
  const { book, last } = await playedBook(10, 60)
  await using _ = book
  const { pool } = book
  const limit = Math.floor(last / 900) * 900
  const story = randomStory(createRandom(77), last + DAY, 60)
  const [, { done }] = await Promise.all([book.play(story), pass(pool, HISTORY, limit)])
  expect(done).toBe(true)
  await pass(pool, HISTORY, limit)
  for (const [group, { members }] of book.groups) {
    const shown = await membersAt(pool, 'acme', group, Date.now())
    expect(shown.map(({ accountId }) => accountId).toSorted()).toEqual([...members.keys()].toSorted())
  }
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM rollcall.stay WHERE end_at < $1', [moment(limit)])
  expect(rows).toEqual([{ n: 0 }])
})

test('it gives way to whoever holds a lock, and comes again', async () => {
  const { book, last } = await playedBook(11, 40)
  await using _ = book
  const { pool } = book
  const other = await pool.connect()
  await other.query('BEGIN; LOCK TABLE rollcall.stay IN ACCESS EXCLUSIVE MODE')
  let freed = Promise.resolve()
  const log = {
    warn() {},
    info(_fields: object, message: string) {
      expect(message).toContain('gives way')
      freed = other.query('COMMIT').then(() => other.release())
    },
  }
  await book.pool.query('SELECT rollcall.refresh_facts(1)').catch(() => null)
  const deps = { pool, clock: { now: () => (last + 30 * DAY) * 1000 }, log }
  const done = await retain(deps, HISTORY, { signal: new AbortController().signal })
  await freed
  expect(done).toMatchObject({ done: true })
  expect(done?.gone.stays).toBeGreaterThan(0)
})

test('reads go, but for the newest of each group: it says why one is not fresh', async () => {
  await using book = await createBook()
  const { pool } = book
  book.apply({ t: BEGIN, group: 'hall', op: 'create', name: 'Hall' })
  book.apply({ t: BEGIN, group: 'hall', op: 'join', account: 'a', role: 'owner' })
  book.apply({ t: BEGIN, group: 'club', op: 'create', name: 'Club' })
  await book.sync(BEGIN, ['hall', 'club'])
  book.forbidden.add('club')
  for (let day = 1; day <= 5; day += 1) await book.sync(BEGIN + day * DAY, ['hall', 'club'])
  const before = await ask(pool, FRESHNESS)
  expect(before).toMatchObject([
    { group_id: 'club', outcome: 'forbidden' },
    { group_id: 'hall', outcome: 'complete' },
  ])
  const { gone } = await pass(pool, READS, BEGIN + 9 * DAY)
  expect(gone.reads).toBeGreaterThan(5)
  expect(await ask(pool, 'SELECT run_id, group_id, outcome FROM rollcall.group_reads ORDER BY group_id')).toEqual([
    { run_id: 6, group_id: 'club', outcome: 'forbidden' },
    { run_id: 6, group_id: 'hall', outcome: 'complete' },
  ])
  const after = await ask(pool, FRESHNESS)
  expect(after).toEqual(before)
  // The runs stay, and the history is as proven as before.
  expect(await rowsOf(pool, 'run')).toBe(6)
  expect(await membersAt(pool, 'acme', 'hall', (BEGIN + 10) * 1000)).toMatchObject([{ accountId: 'a', proven: true }])
})

test('a source that was never read has nothing to drop', async () => {
  await using book = await createBook()
  const deps = { pool: book.pool, clock: { now: () => 0 }, log: { info() {}, warn() {} } }
  expect(await retain(deps, { ...BOTH, source: 'nobody' }, { signal: new AbortController().signal })).toBeNull()
})
