import { band, bucketsBetween, growth, lastRole, median, present, rounded, startOfDay, tally } from './oracle-time.ts'
import type { Replayed, Stay } from './story.ts'

const DAY = 86_400
const WEEK = 7 * DAY

/** Of those who joined in a week, the share still in after 1, 4 and 12 weeks. */
export function cohorts(world: Replayed, group: string | null, zone: string, since: string, until: string) {
  const weeks = bucketsBetween('week', since, until)
  return weeks.map((week) => {
    const next = new Date(Date.parse(`${week}T00:00:00Z`) + WEEK * 1000).toISOString().slice(0, 10)
    const [from, to] = [startOfDay(zone, week), startOfDay(zone, next)]
    const those = world.stays.filter((s) => s.start >= from && s.start < to && (group === null || s.group === group))
    const joined = those.filter((stay) => !stay.backlog)
    const after = (n: number): number | null =>
      joined.length === 0 || to + n * WEEK > world.last
        ? null
        : rounded(joined.filter((stay) => stay.end > stay.start + n * WEEK).length / joined.length, 4)
    return { week, joined: joined.length, after_1_week: after(1), after_4_weeks: after(4), after_12_weeks: after(12) }
  })
}

/** Kaplan-Meier, from its definition. */
export function survival(world: Replayed, part: (stay: Stay) => string, since: number, until: number) {
  const real = world.stays.filter((stay) => !stay.backlog && stay.start >= since && stay.start < until)
  return [...tally(real, part)].flatMap(([name, stays]) => {
    const lengths = stays.map((stay) => ({
      day: Math.floor((Math.min(stay.end, world.last) - stay.start) / DAY),
      over: Number.isFinite(stay.end),
    }))
    let share = 1
    return [...new Set(lengths.map(({ day }) => day))]
      .toSorted((a, b) => a - b)
      .map((day) => {
        const atRisk = lengths.filter((one) => one.day >= day).length
        const ended = lengths.filter((one) => one.day === day && one.over).length
        const censored = lengths.filter((one) => one.day === day && !one.over).length
        share *= 1 - ended / atRisk
        return { part: name, day, at_risk: atRisk, ended, censored, survival: rounded(share, 4) }
      })
  })
}

export function tenure(world: Replayed, part: (stay: Stay) => string, since: number, until: number) {
  return [...tally(survival(world, part, since, until), (row) => row.part)].map(([name, rows]) => ({
    part: name,
    stays: rows.reduce((sum, row) => sum + row.ended + row.censored, 0),
    still_in: rows.reduce((sum, row) => sum + row.censored, 0),
    median_days: rows.find((row) => (row.survival ?? 1) <= 0.5)?.day ?? null,
  }))
}

/** Still in after so many weeks, by the size just before the join or by the owner at the join. */
export function retention(world: Replayed, by: 'size' | 'owner', since: number, until: number, weeks = 4) {
  const joins = world.stays.filter(
    (s) => !s.backlog && s.start >= since && s.start < until && s.start + weeks * WEEK <= world.last,
  )
  const part = (stay: Stay): string => {
    if (by === 'size') {
      const inside = world.stays.filter((o) => o.group === stay.group && o.start < stay.start && o.end >= stay.start)
      return band(inside.length)
    }
    const next = world.changes.find((one) => one.group === stay.group && one.what === 'owner' && one.at > stay.start)
    return (next === undefined ? world.groups.get(stay.group)?.owner : next.old) ?? 'nobody'
  }
  return [...tally(joins, part)].map(([name, stays]) => {
    const still = stays.filter((stay) => stay.end > stay.start + weeks * WEEK).length
    return { part: name, joined: stays.length, still_in: still, share: rounded(still / stays.length, 4) }
  })
}

export function churn(world: Replayed, by: 'source' | 'type' | 'size', zone: string, since: string, until: string) {
  const rows = [...world.groups].flatMap(([group, { type }]) =>
    growth(world, group, zone, 'month', since, until).map((row) => {
      const start = row.members - row.net
      return {
        key: `${row.bucket} ${by === 'source' ? 'acme' : by === 'type' ? type : band(start)}`,
        start,
        leaves: row.leaves,
      }
    }),
  )
  return [...tally(rows, (row) => row.key)]
    .map(([key, those]) => {
      const [month = '', part = ''] = key.split(' ')
      const start = those.reduce((sum, row) => sum + row.start, 0)
      const leaves = those.reduce((sum, row) => sum + row.leaves, 0)
      return {
        month,
        part,
        members_at_start: start,
        leaves,
        churn_percent: start === 0 ? null : rounded((100 * leaves) / start, 2),
      }
    })
    .filter((row) => row.members_at_start > 0 || row.leaves > 0)
}

export function comebacks(world: Replayed, since: number, until: number) {
  const gone = world.stays.filter((stay) => stay.end >= since && stay.end < until)
  const rows = gone.map((stay) => {
    const next = world.stays
      .filter((o) => o.group === stay.group && o.account === stay.account && o.start >= stay.end)
      .map((o) => o.start)
    const days = next.length === 0 ? null : (Math.min(...next) - stay.end) / DAY
    return {
      days,
      label:
        days === null
          ? 'not yet'
          : days < 1
            ? 'within a day'
            : days < 7
              ? 'within 7 days'
              : days < 30
                ? 'within 30 days'
                : days < 90
                  ? 'within 90 days'
                  : 'later',
    }
  })
  return ['within a day', 'within 7 days', 'within 30 days', 'within 90 days', 'later', 'not yet'].map((label) => {
    const those = rows.filter((row) => row.label === label)
    const middle = median(those.flatMap(({ days }) => (days === null ? [] : [days])))
    return {
      came_back: label,
      leaves: those.length,
      share: rounded(those.length / rows.length, 4),
      median_days: rounded(middle, 2),
    }
  })
}

/** Every pair with what it shares. */
export function overlaps(world: Replayed, t: number) {
  const members = tally(present(world, t), (stay) => stay.group)
  const groups = [...members.keys()]
  return groups.flatMap((a, place) =>
    groups.slice(place + 1).flatMap((b) => {
      const theirs = new Set(members.get(b)?.map(({ account }) => account))
      const shared = members.get(a)?.filter(({ account }) => theirs.has(account)).length ?? 0
      const either = (members.get(a)?.length ?? 0) + theirs.size - shared
      return shared === 0 ? [] : [{ pair: [a, b].join(' & '), shared, jaccard: rounded(shared / either, 4) }]
    }),
  )
}

export function reach(world: Replayed, t: number) {
  const people = [...tally(present(world, t), (stay) => stay.account).values()].map((stays) => stays.length)
  const number = (of: (n: number) => boolean): number => people.filter(of).length
  return {
    any: people.length,
    '1': number((n) => n === 1),
    '2-5': number((n) => n > 1 && n < 6),
    '6+': number((n) => n > 5),
  }
}

export const byRole = (stay: Stay): string => lastRole(stay)
