import type { Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import type { Held } from '../../http/types.ts'
import { heldCases, rejectHeld } from '../../store/held.ts'
import { count } from '../format.ts'
import { approveIn } from './held.ts'

const quiet = { update() {}, done() {}, note() {}, stop() {} }

/** What the guards hold back, and a person's decisions, in a context that is open already. */
export function heldIn(context: Context, config: Config, signal: AbortSignal): Held {
  const { pool } = context
  const numberOf = (id: string): number | null => (/^[1-9]\d{0,8}$/.test(id) ? Number(id) : null)
  return {
    async list() {
      const cases = await heldCases(pool, {})
      return cases.map(({ id, source, groupId, groupName, kind, accounts, of, since, reason }) => ({
        id: String(id),
        source,
        groupId,
        groupName,
        kind,
        count: accounts.length,
        of,
        since: new Date(since).toISOString(),
        reason,
        accounts,
      }))
    },
    async approve(id) {
      const number = numberOf(id)
      const result = number === null ? null : await approveIn(context, config, number, { signal, progress: quiet })
      if (result === null) return null
      const { runId, verdict, members, error } = result
      if (verdict === 'failed')
        return { says: `Nothing has changed: the group could not be read. ${error ?? ''}`.trimEnd(), runId }
      return { says: `Read again: ${count(members.left)} left, ${count(members.joined)} joined.`, runId }
    },
    async reject(id) {
      const number = numberOf(id)
      return number !== null && (await rejectHeld(pool, number))
        ? { says: 'Kept: all of them stay members.', runId: null }
        : null
    },
  }
}
