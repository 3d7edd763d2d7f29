import {
  bucketsBetween,
  bucketOf,
  dayOf,
  median,
  present,
  roleAt,
  rounded,
  startOfDay,
  type Step,
} from './oracle-time.ts'
import type { Replayed } from './story.ts'

const DAY = 86_400

/** Who got and who lost the role of owner or admin. */
export function roleChanges(world: Replayed, since: number, until: number) {
  return world.stays
    .flatMap((stay) =>
      stay.roles.flatMap(({ at, role }, place) => {
        if (role === 'member') return []
        const end = stay.roles[place + 1]?.at ?? stay.end
        const who = { group_id: stay.group, account_id: stay.account, role }
        return [
          { at, ...who, change: 'got' },
          { at: end, ...who, change: 'lost' },
        ]
      }),
    )
    .filter(({ at }) => at >= since && at < until)
}

/** Seconds without anybody in one of the roles, counted at every second at which something happened. */
export function secondsWithout(
  world: Replayed,
  group: string,
  roles: readonly string[],
  since: number,
  until: number,
): number {
  const end = Math.min(until, world.last)
  const moments = new Set([since, end])
  for (const stay of world.stays.filter((one) => one.group === group)) {
    for (const t of [stay.start, stay.end, ...stay.roles.map(({ at }) => at)]) moments.add(t)
  }
  for (const life of world.lives.filter((one) => one.group === group)) moments.add(life.start).add(life.end)
  const steps = [...moments].filter((t) => t >= since && t <= end).toSorted((a, b) => a - b)
  return steps.slice(0, -1).reduce((sum, t, place) => {
    const alive = world.lives.some((life) => life.group === group && life.start <= t && t < life.end)
    const held = present(world, t, group).some((stay) => roles.includes(roleAt(stay, t)))
    return alive && !held ? sum + (steps[place + 1] ?? t) - t : sum
  }, 0)
}

export function roleRatio(world: Replayed, zone: string, step: Step, since: string, until: string) {
  return bucketsBetween(step, since, until).map((bucket) => {
    const next = nextBucket(step, bucket)
    const t = startOfDay(zone, next) - 1
    const roles = present(world, t).map((stay) => roleAt(stay, t))
    const number = (role: string): number => roles.filter((one) => one === role).length
    return { bucket, owners: number('owner'), admins: number('admin'), members: number('member') }
  })
}

function nextBucket(step: Step, bucket: string): string {
  let t = Date.parse(`${bucket}T00:00:00Z`)
  for (;;) {
    t += DAY * 1000
    const day = new Date(t).toISOString().slice(0, 10)
    if (bucketOf(step, day) !== bucket) return day
  }
}

export function lifecycle(world: Replayed, zone: string, since: string, until: string) {
  return bucketsBetween('month', since, until).map((month) => {
    const inside = (t: number): boolean => Number.isFinite(t) && bucketOf('month', dayOf(zone, t)) === month
    const dead = world.lives.filter(({ end }) => inside(end))
    const days = dead.map(({ start, end }) => (end - start) / DAY)
    const sizes = dead.map(
      ({ group, end }) => world.stays.filter((s) => s.group === group && s.end === end && s.start < end).length,
    )
    return {
      month,
      first_seen: world.lives.filter(({ first, start }) => first && inside(start)).length,
      dissolved: dead.length,
      reappeared: world.lives.filter(({ first, start }) => !first && inside(start)).length,
      median_life_days: rounded(median(days), 2),
      median_size_at_end: rounded(median(sizes), 1),
    }
  })
}

/** Groups that reached a size, and the days it took those that did not begin with it. */
export function timeToSize(world: Replayed, size: number) {
  const reached = [...world.groups].flatMap(([group, { bornAt }]) => {
    const moments = [...new Set(world.stays.filter((s) => s.group === group).flatMap((s) => [s.start, s.end]))]
    const at = moments
      .filter(Number.isFinite)
      .toSorted((a, b) => a - b)
      .find((t) => present(world, t, group).length >= size)
    return at === undefined ? [] : [{ at, bornAt }]
  })
  const later = reached.filter(({ at, bornAt }) => at > bornAt)
  return {
    size,
    groups: reached.length,
    already: reached.length - later.length,
    median_days: rounded(median(later.map(({ at, bornAt }) => (at - bornAt) / DAY)), 2),
  }
}

/** The last second at which anything changed in each group that stands. */
export function lastChange(world: Replayed): Map<string, number> {
  const standing = world.lives.filter(({ end }) => !Number.isFinite(end)).map(({ group }) => group)
  return new Map(
    standing.map((group) => {
      const stays = world.stays.filter((stay) => stay.group === group)
      const moments = [
        ...stays.flatMap((s) => [s.start, s.end, ...s.roles.map(({ at }) => at)]),
        ...world.changes.filter((one) => one.group === group).map(({ at }) => at),
        ...world.lives.filter((life) => life.group === group).map(({ start }) => start),
      ]
      return [group, Math.max(...moments.filter(Number.isFinite))]
    }),
  )
}
