import type { Pool } from 'pg'
import type { VendorKind } from '../../core/endpoints.ts'
import type { Millis } from '../../core/member.ts'
import { sourceFacts } from '../../store/queries.ts'
import { busiestGroups, groupsLately, movesByWeek, rolesLately, rollNow, sizesAt } from '../../store/overview.ts'
import type { DemoData, DemoProof, DemoWeek } from '../demo-report.ts'
import type { SyncResult } from '../types.ts'

export interface DemoRun {
  readonly sources: readonly { readonly name: string; readonly vendor: VendorKind }[]
  readonly from: Millis
  readonly to: Millis
  readonly syncs: readonly SyncResult[]
  readonly durationMs: number
  readonly proof: DemoProof
  /** The end of each day's sync. */
  readonly moments: readonly Millis[]
}

const SHOWN = 4

/** Reads the demo's report from the database, as any user could. */
export async function demoData(pool: Pool, run: DemoRun): Promise<DemoData> {
  const { from, to, syncs, durationMs, proof, moments } = run
  const parts = await Promise.all(run.sources.map((source) => partOf(pool, run, source)))
  const all = parts.map(({ source }) => source)
  const sum = (value: (source: (typeof all)[number]) => number) => all.reduce((total, one) => total + value(one), 0)
  const busy = parts.flatMap((part) => part.busy).sort((a, b) => b.joined + b.left - a.joined - a.left)
  const grown = ({ curve }: { readonly curve: readonly number[] }) => (curve.at(-1) ?? 0) - (curve[0] ?? 0)
  return {
    sources: all,
    from,
    to,
    syncs: syncs.length,
    calls: sum(({ calls }) => calls),
    durationMs,
    groups: sum(({ groups }) => groups),
    memberships: sum(({ memberships }) => memberships),
    accounts: sum(({ accounts }) => accounts),
    growth: moments.map((_, n) => ({
      groups: parts.reduce((total, { groups }) => total + (groups[n] ?? 0), 0),
      memberships: sum(({ curve }) => curve[n] ?? 0),
    })),
    weeks: together(parts.flatMap(({ weeks }) => weeks)),
    busiest: busy[0] ?? null,
    growing: busy.toSorted((a, b) => grown(b) - grown(a)).slice(0, 3),
    newest: latest(parts.flatMap(({ newest }) => newest)),
    gone: latest(parts.flatMap(({ gone }) => gone)),
    roles: latest(parts.flatMap(({ roles }) => roles)),
    proof,
  }
}

async function partOf(pool: Pool, { syncs, moments }: DemoRun, { name, vendor }: DemoRun['sources'][number]) {
  const mine = syncs.filter((sync) => sync.source === name)
  const roll = await rollNow(pool, name)
  const facts = await sourceFacts(pool, name)
  const everyone = await sizesAt(pool, name, [...roll.keys()], moments)
  const busy = await busiestGroups(pool, name, 12)
  const weeks = await movesByWeek(pool, name)
  const ids = busy.map((group) => group.groupId)
  const sizes = await sizesAt(pool, name, ids, moments)
  const named = <T extends object>(groups: readonly T[]) => groups.map((group) => ({ ...group, source: name }))
  return {
    weeks,
    groups: mine.map((sync) => sync.groups.seen - sync.groups.gone),
    busy: named(busy).map((group) => ({ ...group, curve: [...(sizes.get(group.groupId) ?? [])] })),
    newest: named(await groupsLately(pool, name, 'created', SHOWN)),
    gone: named(await groupsLately(pool, name, 'dissolved', SHOWN)),
    roles: named(await rolesLately(pool, name, SHOWN)),
    source: {
      name,
      vendor,
      groups: facts.groups,
      memberships: [...roll.values()].reduce((total, members) => total + members.size, 0),
      accounts: new Set([...roll.values()].flatMap((members) => [...members.keys()])).size,
      joined: weeks.reduce((total, week) => total + week.joined, 0),
      left: weeks.reduce((total, week) => total + week.left, 0),
      calls: mine.flatMap((sync) => Object.values(sync.calls)).reduce((total, calls) => total + calls, 0),
      curve: moments.map((_, n) => [...everyone.values()].reduce((total, list) => total + (list[n] ?? 0), 0)),
    },
  }
}

const latest = <T extends { readonly at: Millis }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => b.at - a.at).slice(0, SHOWN)

/** The weeks of several sources as one list. */
function together(weeks: readonly DemoWeek[]): DemoWeek[] {
  const sums = new Map<Millis, DemoWeek>()
  for (const { startsAt, joined, left } of weeks) {
    const before = sums.get(startsAt) ?? { joined: 0, left: 0 }
    sums.set(startsAt, { startsAt, joined: before.joined + joined, left: before.left + left })
  }
  return [...sums.values()].sort((a, b) => a.startsAt - b.startsAt)
}
