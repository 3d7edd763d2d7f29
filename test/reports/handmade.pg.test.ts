import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refreshFacts, rebuildFacts } from '../../src/store/reports/facts.ts'
import { ask, moment, only } from './ask.ts'
import { type Book, createBook, setReportNow } from './book.ts'
import { checkGroups, checkGrowth, checkPeople } from './check-counts.ts'
import { checkMoments } from './check-moments.ts'
import { LAST_READ, REPORT_NOW, STORY } from './handmade.ts'
import { replay } from './story.ts'

const told = replay(STORY)
const world = { ...told, last: LAST_READ }
const seconds = [...new Set(STORY.map(({ t }) => t))]
let book: Book

beforeAll(async () => {
  book = await createBook('acme', { lateFacts: true })
  await book.play(STORY)
  await book.sync(LAST_READ, book.groups.keys())
  await setReportNow(book.pool, REPORT_NOW)
}, 120_000)
afterAll(async () => {
  await book[Symbol.asyncDispose]()
})

describe('the hand-made history, against its replay', () => {
  test('every moment, and the second before and after it', async () => {
    const moments = seconds.flatMap((t) => [t - 1, t, t + 1]).filter((t) => t >= (seconds[0] ?? 0))
    await checkMoments(book.pool, world, moments)
  }, 60_000)

  test.each(['UTC', 'Europe/Berlin', 'Asia/Shanghai', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Chatham'])(
    'growth, churn and cohorts by the days of %s, with and without facts',
    async (zone) => {
      await book.pool.query(
        'TRUNCATE rollcall.fact_mark, rollcall.source_fact, rollcall.group_fact, rollcall.group_total',
      )
      await checkGrowth(book.pool, world, zone, '2024-03-20', '2024-11-21')
      await book.withFacts((pool) => refreshFacts(pool, 1))
      await checkGrowth(book.pool, world, zone, '2024-03-20', '2024-11-21')
      expect(await book.withFacts((pool) => rebuildFacts(pool, []))).toEqual(['acme'])
    },
    60_000,
  )

  test('retention, overlap, roles', async () => {
    await checkPeople(book.pool, world, 'Europe/Berlin', (seconds[0] ?? 0) - 86_400, LAST_READ)
  }, 60_000)

  test('groups: roles nobody holds, lives, sizes, names, silence', async () => {
    await checkGroups(book.pool, world, 'Europe/Berlin', (seconds[0] ?? 0) - 86_400, LAST_READ)
  }, 60_000)
})

describe('what only single expectations can say', () => {
  test('days with 23 and 25 hours are whole days', async () => {
    const rows = await ask(
      book.pool,
      `SELECT bucket, extract(epoch FROM ends - starts) / 3600 AS hours FROM rollcall.calendar('2024-03-31', '2024-04-01', 'Europe/Berlin', 'day')
       UNION ALL SELECT bucket, extract(epoch FROM ends - starts) / 3600 FROM rollcall.calendar('2024-10-27', '2024-10-28', 'Europe/Berlin', 'day')`,
    )
    expect(rows.map((row) => Number(row['hours']))).toEqual([23, 25])
  })

  test('between two reads: who could have seen it, and which reads show the leave', async () => {
    const gap = Date.parse('2024-08-01T00:00:00Z') / 1000
    const audience = await ask(book.pool, `SELECT * FROM rollcall.audience_at('acme', 'hall', $1)`, [moment(gap)])
    expect(only(audience, 'account_id', 'certainty')).toEqual([
      ...['ann', 'cid', 'dan', 'eve', 'gus', 'hal'].map((account_id) => ({ account_id, certainty: 'certain' })),
      { account_id: 'fay', certainty: 'possible' },
    ])
    const late = Date.parse('2024-10-25T00:00:00Z') / 1000
    const joining = await ask(book.pool, `SELECT * FROM rollcall.audience_at('acme', 'hall', $1)`, [moment(late)])
    expect(joining.find((row) => row['account_id'] === 'lea')).toMatchObject({ certainty: 'possible' })
    const reads = await ask(book.pool, `SELECT * FROM rollcall.leave_reads('acme', 'hall', 'fay')`)
    expect(reads).toHaveLength(1)
    expect(reads[0]).toMatchObject({ last_seen_at: '2024-04-25T00:00:00+00:00', gone_at: '2024-08-20T11:00:00+00:00' })
    expect(reads[0]?.['last_seen_run_id']).not.toBeNull()
  })

  test('before the first reading nothing is certain', async () => {
    const before = await ask(book.pool, `SELECT * FROM rollcall.audience_at('acme', 'club', '2024-03-19T00:00:00Z')`)
    expect(before.map((row) => row['certainty'])).toEqual(['possible', 'possible', 'possible'])
    expect(await ask(book.pool, `SELECT * FROM rollcall.members_at('acme', 'club', '2024-03-19T00:00:00Z')`)).toEqual(
      [],
    )
  })

  test('backlog is told apart by the day of the run', async () => {
    const rows = await ask(
      book.pool,
      `SELECT * FROM rollcall.backlog('acme', '2024-03-20', '2024-04-13', 'Asia/Shanghai')`,
    )
    const day = (name: string) => rows.find((row) => row['day'] === name)
    expect(day('2024-03-20')).toMatchObject({ joins: 0, first_seen: 9, backlog_share: 1, leaves: 0 })
    expect(day('2024-04-10')).toMatchObject({ joins: 1, first_seen: 0, leaves: 0 })
    expect(day('2024-04-11')).toMatchObject({ joins: 2, first_seen: 0, leaves: 0 })
    expect(day('2024-04-12')).toMatchObject({ joins: 0, leaves: 1 })
  })

  test('abnormal days', async () => {
    const rows = await ask(book.pool, `SELECT * FROM rollcall.abnormal_days('acme', NULL, '2024-06-01', '2024-08-01')`)
    expect(only(rows, 'day', 'kind', 'count')).toEqual([{ day: '2024-07-04', kind: 'joins', count: 6 }])
  })

  test('growth ranking, busy joiners, who is only in one of two, who bridges them', async () => {
    const rank = await ask(book.pool, `SELECT * FROM rollcall.growth_ranking('acme', '2024-07-01Z', '2024-08-01Z')`)
    expect(only(rank, 'group_id', 'members_before', 'joins', 'leaves', 'net', 'percent')).toEqual([
      { group_id: 'club', members_before: 4, joins: 6, leaves: 3, net: 3, percent: 75 },
    ])
    const busy = await ask(
      book.pool,
      `SELECT * FROM rollcall.busy_joiners('acme', '2024-04-10', '2024-04-12', 'Asia/Shanghai', 0)`,
    )
    expect(only(busy, 'account_id', 'day', 'joins')).toEqual([
      { account_id: 'cid', day: '2024-04-10', joins: 1 },
      { account_id: 'cid', day: '2024-04-11', joins: 1 },
      { account_id: 'dan', day: '2024-04-11', joins: 1 },
    ])
    const names = async (sql: string) => (await ask(book.pool, sql)).map((row) => row['account_id'])
    expect(await names(`SELECT * FROM rollcall.only_in('acme', 'hall', 'club')`)).toEqual(['eve', 'hal', 'lea', 'max'])
    expect(await names(`SELECT * FROM rollcall.bridges('acme', 'hall', 'club')`)).toEqual(['ann', 'cid', 'dan'])
  })

  test('hygiene, caps, many admins, tenure, counts that differ', async () => {
    const hygiene = await ask(book.pool, `SELECT group_id, findings FROM rollcall.hygiene ORDER BY 1`)
    expect(hygiene).toEqual([
      { group_id: 'club', findings: ['no owner', 'nobody in charge'] },
      { group_id: 'lone', findings: ['one member'] },
    ])
    const caps = await ask(book.pool, `SELECT * FROM rollcall.near_cap('acme', 0.7, 28)`)
    expect(only(caps, 'group_id', 'members', 'max_members', 'growth_per_day')).toEqual([
      { group_id: 'club', members: 7, max_members: 4, growth_per_day: 0 },
      { group_id: 'hall', members: 7, max_members: 10, growth_per_day: 0.036 },
    ])
    expect(await ask(book.pool, `SELECT account_id, groups FROM rollcall.many_admin('acme', 0)`)).toEqual(
      ['dan', 'gus', 'ivy'].map((account_id) => ({ account_id, groups: 1 })),
    )
    const longest = await ask(book.pool, `SELECT * FROM rollcall.tenure_ranking('acme', 'hall', 'longest', 2)`)
    expect(only(longest, 'account_id', 'at_least')).toEqual([
      { account_id: 'ann', at_least: true },
      { account_id: 'dan', at_least: true },
    ])
    const newest = await ask(book.pool, `SELECT * FROM rollcall.tenure_ranking('acme', 'hall', 'newest', 1)`)
    expect(only(newest, 'account_id', 'at_least')).toEqual([{ account_id: 'max', at_least: false }])
    await book.pool.query(`UPDATE rollcall.chat_group SET member_count = member_count + 2 WHERE group_id = 'hall'`)
    expect(await ask(book.pool, 'SELECT group_id, difference FROM rollcall.count_differences')).toEqual([
      { group_id: 'hall', difference: -2 },
    ])
  })
})
