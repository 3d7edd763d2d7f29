import { expect } from 'vitest'
import type { Pool } from 'pg'
import { ask, moment, only, seconds, sorted } from './ask.ts'
import { lastChange, lifecycle, roleChanges, roleRatio, secondsWithout, timeToSize } from './oracle-groups.ts'
import { churn, cohorts, comebacks, overlaps, reach, retention, survival, tenure } from './oracle-people.ts'
import { dayOf, growth, isoDay, lastRole, present } from './oracle-time.ts'
import type { Replayed } from './story.ts'

const SAID = (rows: readonly object[]): unknown[] => JSON.parse(JSON.stringify(rows)) as unknown[]

/** Growth, churn and the calendar, in one zone. */
export async function checkGrowth(
  pool: Pool,
  world: Replayed,
  zone: string,
  since: string,
  until: string,
): Promise<void> {
  for (const group of [null, ...[...world.groups.keys()].slice(0, 6)]) {
    for (const step of ['day', 'week', 'month'] as const) {
      const rows = await ask(pool, `SELECT * FROM rollcall.growth('acme', $1, $2, $3, $4, $5)`, [
        group,
        since,
        until,
        zone,
        step,
      ])
      expect(rows, `${group ?? 'all'} by ${step} in ${zone}`).toEqual(growth(world, group, zone, step, since, until))
    }
  }
  const daily = await ask(pool, `SELECT * FROM rollcall.daily_facts('acme', NULL, $1, $2, $3)`, [since, until, zone])
  const truth = [...world.groups.keys()].flatMap((group) =>
    growth(world, group, zone, 'day', since, until)
      .filter((row) => row.joins + row.backlog + row.leaves > 0)
      .map(({ bucket, joins, backlog, leaves }) => ({ day: bucket, group_id: group, joins, backlog, leaves })),
  )
  expect(sorted(only(daily, 'day', 'group_id', 'joins', 'backlog', 'leaves'))).toEqual(sorted(truth))
  for (const by of ['source', 'type', 'size'] as const) {
    const rows = await ask(pool, `SELECT * FROM rollcall.churn('acme', $1, $2, $3, $4)`, [since, until, zone, by])
    expect(sorted(only(rows, 'month', 'part', 'members_at_start', 'leaves', 'churn_percent'))).toEqual(
      sorted(churn(world, by, zone, since, until)),
    )
  }
  await checkCohorts(pool, world, zone, since, until)
}

async function checkCohorts(pool: Pool, world: Replayed, zone: string, since: string, until: string): Promise<void> {
  const week = await ask(pool, `SELECT * FROM rollcall.cohorts('acme', NULL, $1, $2, $3)`, [since, until, zone])
  expect(only(week, 'week', 'joined', 'after_1_week', 'after_4_weeks', 'after_12_weeks')).toEqual(
    cohorts(world, null, zone, since, until),
  )
}

/** Retention, overlap, roles and lives over the whole history. */
export async function checkPeople(pool: Pool, world: Replayed, zone: string, from: number, to: number): Promise<void> {
  const [since, until] = [isoDay(from), isoDay(to)]
  await checkCohorts(pool, world, zone, since, until)
  const parts = { all: () => 'all', role: lastRole, group: (s: { group: string }) => s.group, month: monthIn(zone) }
  for (const [by, part] of Object.entries(parts)) {
    const given = [by, moment(from), moment(to), zone]
    const rows = await ask(pool, `SELECT * FROM rollcall.survival('acme', $1, $2, $3, $4)`, given)
    expect(sorted(rows)).toEqual(sorted(SAID(survival(world, part, from, to))))
    const lengths = await ask(pool, `SELECT * FROM rollcall.tenure('acme', $1, $2, $3, $4)`, given)
    expect(sorted(lengths)).toEqual(sorted(SAID(tenure(world, part, from, to))))
  }
  for (const by of ['size', 'owner'] as const) {
    const rows = await ask(pool, `SELECT * FROM rollcall.retention_by('acme', $1, $2, $3)`, [
      by,
      moment(from),
      moment(to),
    ])
    expect(sorted(rows)).toEqual(sorted(SAID(retention(world, by, from, to))))
  }
  const back = await ask(pool, `SELECT * FROM rollcall.comebacks('acme', $1, $2)`, [moment(from), moment(to)])
  expect(back).toEqual(SAID(comebacks(world, from, to)))

  for (const t of [world.last, Math.floor((from + to) / 2)]) {
    const pairs = await ask(pool, `SELECT * FROM rollcall.top_overlaps('acme', $1, NULL, 1000000, 1)`, [moment(t)])
    const paired = pairs.map(({ group_a, group_b, shared, jaccard }) => ({
      pair: [String(group_a), String(group_b)].toSorted((a, b) => (a < b ? -1 : 1)).join(' & '),
      shared,
      jaccard,
    }))
    expect(sorted(paired)).toEqual(sorted(overlaps(world, t)))
    const [one] = [...world.groups.keys()]
    const of = await ask(pool, `SELECT * FROM rollcall.overlap_of('acme', $1, $2)`, [one, moment(t)])
    expect(of.length).toBe(overlaps(world, t).filter(({ pair }) => pair.split(' & ').includes(one ?? '')).length)
    const bands = await ask(pool, `SELECT * FROM rollcall.reach('acme', $1)`, [moment(t)])
    expect(Object.fromEntries(bands.map((row) => [row['groups'], row['people']]))).toEqual(reach(world, t))
    const busiest = await ask(pool, `SELECT * FROM rollcall.most_groups('acme', $1, 1000000)`, [moment(t)])
    expect(busiest.reduce((sum, row) => sum + Number(row['groups']), 0)).toBe(present(world, t).length)
  }
  const changes = await ask(pool, `SELECT * FROM rollcall.role_changes('acme', NULL, $1, $2)`, [
    moment(from),
    moment(to),
  ])
  expect(
    sorted(
      changes.map((row) => ({ ...only([row], 'group_id', 'account_id', 'role', 'change')[0], at: seconds(row['at']) })),
    ),
  ).toEqual(sorted(roleChanges(world, from, to).map(({ at, ...row }) => ({ ...order(row), at }))))
}

const order = ({
  group_id,
  account_id,
  role,
  change,
}: {
  group_id: string
  account_id: string
  role: string
  change: string
}) => ({
  group_id,
  account_id,
  role,
  change,
})
const monthIn =
  (zone: string) =>
  (stay: { start: number }): string =>
    dayOf(zone, stay.start).slice(0, 7)

/** Groups: their roles, lives and silence. */
export async function checkGroups(pool: Pool, world: Replayed, zone: string, from: number, to: number): Promise<void> {
  const [since, until] = [isoDay(from), isoDay(to)]
  const roles = { owner: ['owner'], admin: ['admin'], in_charge: ['owner', 'admin'] }
  for (const group of [...world.groups.keys()].slice(0, 12)) {
    const born = world.groups.get(group)?.bornAt ?? 0
    const newest = await ask(pool, `SELECT d.newest_read AS read FROM rollcall.data_quality d WHERE group_id = $1`, [
      group,
    ])
    const end = Math.min(to, seconds(newest[0]?.['read']))
    for (const [role, names] of Object.entries(roles)) {
      const gaps = await ask(
        pool,
        `SELECT *, extract(epoch FROM lasted) AS s FROM rollcall.without_role('acme', $1, $2, $3, $4)`,
        [group, role, moment(from), moment(to)],
      )
      const total = gaps.reduce((sum, row) => sum + Number(row['s']), 0)
      expect(total, `${group} without ${role}`).toBe(secondsWithout(world, group, names, Math.max(from, born), end))
    }
  }
  const ratio = await ask(pool, `SELECT * FROM rollcall.role_ratio('acme', NULL, $1, $2, $3, 'month')`, [
    since,
    until,
    zone,
  ])
  expect(only(ratio, 'bucket', 'owners', 'admins', 'members')).toEqual(roleRatio(world, zone, 'month', since, until))
  const lives = await ask(pool, `SELECT * FROM rollcall.lifecycle('acme', $1, $2, $3)`, [since, until, zone])
  expect(
    only(lives, 'month', 'first_seen', 'dissolved', 'reappeared', 'median_life_days', 'median_size_at_end'),
  ).toEqual(lifecycle(world, zone, since, until))
  const sizes = await ask(pool, `SELECT * FROM rollcall.time_to_size('acme', '{3,10,100}')`)
  expect(sizes).toEqual([3, 10, 100].map((size) => timeToSize(world, size)))
  const identity = await ask(pool, `SELECT * FROM rollcall.identity_changes('acme', $1, $2)`, [
    moment(from),
    moment(to),
  ])
  expect(
    sorted(identity.map((row) => [seconds(row['at']), row['group_id'], row['what'], row['old'], row['new']])),
  ).toEqual(
    sorted(
      world.changes
        .filter(({ at }) => at >= from && at < to)
        .map((one) => [one.at, one.group, one.what, one.old, one.new]),
    ),
  )
  const quiet = await ask(pool, `SELECT * FROM rollcall.quiet_groups('acme', 30)`)
  const now = seconds((await ask(pool, 'SELECT rollcall.report_now() AS at'))[0]?.['at'])
  const still = [...lastChange(world)].filter(([, at]) => at < now - 30 * 86_400)
  expect(sorted(quiet.map((row) => [row['group_id'], seconds(row['last_change_at'])]))).toEqual(sorted(still))
}
