import { expect } from 'vitest'
import type { Pool } from 'pg'
import { ask, moment, only, seconds, sorted } from './ask.ts'
import { lastRole, present, roleAt } from './oracle-time.ts'
import type { Replayed, Stay } from './story.ts'

/** Every question about moments, at the moments and for the groups and accounts given. */
export async function checkMoments(pool: Pool, world: Replayed, moments: readonly number[]): Promise<void> {
  const groups = [...world.groups.keys()]
  const accounts = [...new Set(world.stays.map(({ account }) => account))]
  for (const t of moments) {
    const rows = await ask(
      pool,
      `SELECT g.group_id, m.account_id, m.role, m.proven FROM rollcall.current_groups g,
         rollcall.members_at('acme', g.group_id, $1) m`,
      [moment(t)],
    )
    const truth = present(world, t).map((stay) => ({
      group_id: stay.group,
      account_id: stay.account,
      role: roleAt(stay, t),
      proven: provenAt(stay, t, world),
    }))
    expect(sorted(only(rows, 'group_id', 'account_id', 'role', 'proven'))).toEqual(sorted(truth))
    for (const account of accounts.slice(0, 12)) {
      const groupsOf = await ask(pool, `SELECT * FROM rollcall.groups_of('acme', $1, $2)`, [account, moment(t)])
      const theirs = present(world, t).filter((stay) => stay.account === account)
      expect(sorted(only(groupsOf, 'group_id', 'role'))).toEqual(
        sorted(theirs.map((stay) => ({ group_id: stay.group, role: roleAt(stay, t) }))),
      )
    }
  }
  const [since, until] = [moments[1] ?? 0, moments.at(-2) ?? 0]
  for (const account of accounts.slice(0, 12)) {
    const rows = await ask(pool, `SELECT * FROM rollcall.groups_between('acme', $1, $2, $3)`, [
      account,
      moment(since),
      moment(until),
    ])
    const truth = world.stays.filter((s) => s.account === account && s.start < until && s.end > since)
    expect(
      sorted(rows.map((row) => [row['group_id'], seconds(row['start_at']), seconds(row['end_at']), row['backlog']])),
    ).toEqual(sorted(truth.map((stay) => [stay.group, stay.start, stay.end, stay.backlog])))
    const met = await ask(pool, `SELECT * FROM rollcall.met('acme', $1, $2, $3)`, [
      account,
      moment(since),
      moment(until),
    ])
    expect(sorted(only(met, 'other_id', 'shared_groups'))).toEqual(sorted(metBy(world, account, since, until)))
  }
  for (const group of groups.slice(0, 12)) {
    const rows = await ask(pool, `SELECT * FROM rollcall.ever_members('acme', $1)`, [group])
    const truth = world.stays.filter((stay) => stay.group === group)
    expect(
      sorted(
        rows.map((row) => [row['account_id'], seconds(row['start_at']), seconds(row['end_at']), row['last_role']]),
      ),
    ).toEqual(sorted(truth.map((stay) => [stay.account, stay.start, stay.end, lastRole(stay)])))
    const changes = await ask(pool, `SELECT * FROM rollcall.changes_between('acme', $1, $2, $3)`, [
      group,
      moment(since),
      moment(until),
    ])
    const counts = (kind: string): number => changes.filter((row) => row['kind'] === kind).length
    const within = (t: number): boolean => t >= since && t < until
    expect(counts('joined')).toBe(truth.filter((stay) => within(stay.start)).length)
    expect(counts('left')).toBe(truth.filter((stay) => within(stay.end)).length)
    expect(counts('role')).toBe(truth.flatMap((stay) => stay.roles.slice(1)).filter(({ at }) => within(at)).length)
    expect(changes.every((row) => row['run_started_at'] !== null)).toBe(true)
  }
}

/** A moment strictly between the last read with the member and the first without is not proven. */
function provenAt(stay: Stay, t: number, world: Replayed): boolean {
  const lastWith = Math.max(...(world.reads.get(stay.group) ?? []).filter((at) => at < stay.end))
  return !Number.isFinite(stay.end) || t <= lastWith
}

function metBy(world: Replayed, account: string, since: number, until: number) {
  const mine = world.stays.filter((stay) => stay.account === account && stay.start < until && stay.end > since)
  const shared = new Map<string, Set<string>>()
  for (const stay of mine) {
    for (const other of world.stays) {
      const [from, to] = [Math.max(stay.start, other.start, since), Math.min(stay.end, other.end, until)]
      if (other.group !== stay.group || other.account === account || from >= to) continue
      shared.set(other.account, (shared.get(other.account) ?? new Set()).add(stay.group))
    }
  }
  return [...shared].map(([other_id, groups]) => ({ other_id, shared_groups: groups.size }))
}
