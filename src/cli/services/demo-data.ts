import type { Pool } from 'pg'
import type { Millis } from '../../core/member.ts'
import { sourceFacts } from '../../store/queries.ts'
import { busiestGroups, groupsLately, movesByWeek, rolesLately, rollNow, sizesAt } from '../../store/overview.ts'
import type { DemoData, DemoProof } from '../demo-report.ts'
import type { SyncResult } from '../types.ts'

export interface DemoRun {
  readonly source: string
  readonly from: Millis
  readonly to: Millis
  readonly syncs: readonly SyncResult[]
  readonly durationMs: number
  readonly proof: DemoProof
  /** The end of each day's sync. */
  readonly moments: readonly Millis[]
}

/** Reads the demo's report from the database, as any user could. */
export async function demoData(pool: Pool, run: DemoRun): Promise<DemoData> {
  const { source, from, to, syncs, durationMs, proof, moments } = run
  const roll = await rollNow(pool, source)
  const facts = await sourceFacts(pool, source)
  const people = new Set([...roll.values()].flatMap((members) => [...members.keys()]))
  const busy = await busiestGroups(pool, source, 12)
  const sizes = await sizesAt(
    pool,
    source,
    busy.map((group) => group.groupId),
    moments,
  )
  const everyone = await sizesAt(pool, source, [...roll.keys()], moments)
  const curve = (groupId: string) => [...(sizes.get(groupId) ?? [])]
  const grown = (groupId: string) => (curve(groupId).at(-1) ?? 0) - (curve(groupId)[0] ?? 0)
  const [first] = busy
  return {
    source,
    from,
    to,
    syncs: syncs.length,
    calls: syncs.reduce((sum, sync) => sum + Object.values(sync.calls).reduce((all, calls) => all + calls, 0), 0),
    durationMs,
    groups: facts.groups,
    memberships: [...roll.values()].reduce((sum, members) => sum + members.size, 0),
    accounts: people.size,
    growth: syncs
      .filter((sync) => sync.source === source)
      .map((sync, n) => ({
        groups: sync.groups.seen - sync.groups.gone,
        memberships: [...everyone.values()].reduce((sum, list) => sum + (list[n] ?? 0), 0),
      })),
    weeks: await movesByWeek(pool, source),
    busiest: first === undefined ? null : { ...first, curve: curve(first.groupId) },
    growing: busy
      .toSorted((a, b) => grown(b.groupId) - grown(a.groupId))
      .slice(0, 3)
      .map(({ groupId, name }) => ({ groupId, name, curve: curve(groupId) })),
    newest: await groupsLately(pool, source, 'created', 4),
    gone: await groupsLately(pool, source, 'dissolved', 4),
    roles: await rolesLately(pool, source, 4),
    proof,
  }
}
