import type { Pool } from 'pg'
import type { Role } from '../../src/core/member.ts'
import type { createRandom } from '../../src/simulator/random.ts'
import { ask, moment, type Row, seconds } from '../reports/ask.ts'
import type { StoryEvent } from '../reports/story.ts'

type Random = ReturnType<typeof createRandom>
const DAY = 86_400
const GROUPS = ['hall', 'club', 'tent']
const ACCOUNTS = Array.from({ length: 9 }, (_, n) => `u${n}`)
const ROLES: readonly Role[] = ['member', 'admin']

/** Some months of a few groups: people come, go and come back, roles and names change, a group is dissolved and returns. */
export function randomStory(random: Random, begin: number, days: number): StoryEvent[] {
  const events: StoryEvent[] = []
  const inside = new Map<string, Map<string, Role>>()
  for (let day = 0; day < days; day += 1 + random.int(3)) {
    const t = begin + day * DAY + random.int(DAY)
    for (const group of GROUPS.filter(() => random.chance(0.7))) {
      const members = inside.get(group)
      if (members === undefined) {
        events.push({ t, group, op: 'create', name: `${group} ${day}` })
        inside.set(group, new Map())
      } else if (random.chance(0.05)) {
        events.push({ t, group, op: 'dissolve' })
        inside.delete(group)
        continue
      } else if (random.chance(0.2)) events.push({ t, group, op: 'update', name: `${group} ${day}` })
      const now = inside.get(group) ?? new Map<string, Role>()
      for (const account of ACCOUNTS.filter(() => random.chance(0.3))) {
        const role = random.pick(ROLES)
        if (!now.has(account)) events.push({ t, group, op: 'join', account, role })
        else if (random.chance(0.4)) events.push({ t, group, op: 'role', account, role })
        else {
          events.push({ t, group, op: 'leave', account })
          now.delete(account)
          continue
        }
        now.set(account, role)
      }
    }
  }
  return events
}

/** Everything that the database says about a moment. */
export async function saidOf(pool: Pool, t: number): Promise<unknown> {
  const rolls = await Promise.all(
    GROUPS.map((group) =>
      ask(pool, `SELECT * FROM rollcall.members_at('acme', $1, $2) ORDER BY account_id`, [group, moment(t)]),
    ),
  )
  const groups = await Promise.all(
    ACCOUNTS.map((account) =>
      ask(pool, `SELECT * FROM rollcall.groups_of('acme', $1, $2) ORDER BY group_id`, [account, moment(t)]),
    ),
  )
  const audience = await ask(pool, `SELECT * FROM rollcall.audience_at('acme', 'hall', $1)`, [moment(t)])
  return { rolls, groups, audience }
}

/** Everything that it says about a stretch of days from a moment on. */
export async function saidSince(pool: Pool, t: number, last: number): Promise<Record<string, Row[]>> {
  const [since, until] = [moment(t), moment(last + DAY)]
  const whole = (sql: string) => ask(pool, sql, [since, until])
  const firstDay = new Date((t + DAY) * 1000).toISOString().slice(0, 10)
  const month = new Date(Date.UTC(new Date(t * 1000).getUTCFullYear(), new Date(t * 1000).getUTCMonth() + 1, 1))
  const days = (sql: string, from = firstDay) => ask(pool, sql, [from, until.slice(0, 10)])
  return {
    changes: await whole('SELECT * FROM rollcall.member_changes WHERE at >= $1 AND at < $2 ORDER BY id'),
    groupChanges: await whole('SELECT * FROM rollcall.group_changes WHERE at >= $1 AND at < $2 ORDER BY id'),
    open: await ask(
      pool,
      'SELECT * FROM rollcall.membership_intervals WHERE end_at IS NULL ORDER BY group_id, account_id',
    ),
    opened: await ask(
      pool,
      `SELECT c.* FROM rollcall.member_changes c JOIN rollcall.membership_intervals i USING (source, group_id, account_id)
       WHERE i.end_at IS NULL AND c.at >= i.start_at ORDER BY c.id`,
    ),
    roles: await whole(`SELECT * FROM rollcall.role_changes('acme', NULL, $1, $2)`),
    unled: await whole(`SELECT * FROM rollcall.without_role('acme', NULL, 'admin', $1, $2)`),
    comebacks: await whole(`SELECT * FROM rollcall.comebacks('acme', $1, $2)`),
    tenure: await whole(`SELECT * FROM rollcall.tenure('acme', 'all', $1, $2)`),
    identity: await whole(`SELECT * FROM rollcall.identity_changes('acme', $1, $2)`),
    met: await whole(`SELECT * FROM rollcall.met('acme', 'u1', $1, $2)`),
    leaveReads: (await ask(pool, `SELECT * FROM rollcall.leave_reads('acme', 'hall', 'u1')`)).filter(
      (row) => seconds(row.gone_at) >= t,
    ),
    growth: await days(`SELECT * FROM rollcall.growth('acme', 'hall', $1, $2)`),
    backlog: await days(`SELECT * FROM rollcall.backlog('acme', $1, $2)`),
    cohorts: await days(`SELECT * FROM rollcall.cohorts('acme', NULL, $1, $2)`),
    churn: await days(`SELECT * FROM rollcall.churn('acme', $1, $2, 'UTC', 'type')`, month.toISOString().slice(0, 10)),
    churnOfSource: await days(`SELECT * FROM rollcall.churn('acme', '2020-01-01', $2::date + ($1::date - $1::date))`),
    lifecycle: await days(`SELECT * FROM rollcall.lifecycle('acme', $1, $2)`, month.toISOString().slice(0, 10)),
    grownAlways: await days(
      `SELECT * FROM rollcall.growth('acme', NULL, '2024-01-01', $2::date + ($1::date - $1::date))`,
    ),
    freshness: await ask(pool, 'SELECT * FROM rollcall.freshness ORDER BY group_id'),
  }
}
