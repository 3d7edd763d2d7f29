import type { Role } from '../../src/core/member.ts'

/** One thing that happens; `t` in unix seconds, never decreasing. All events of one second happen before anyone looks. */
export type StoryEvent = { readonly t: number; readonly group: string } & (
  | { readonly op: 'create'; readonly name: string; readonly type?: string; readonly maxMembers?: number }
  | { readonly op: 'update'; readonly name?: string; readonly type?: string }
  | { readonly op: 'dissolve' }
  | { readonly op: 'join' | 'role'; readonly account: string; readonly role: Role }
  | { readonly op: 'leave'; readonly account: string }
)

export interface Stay {
  readonly group: string
  readonly account: string
  readonly start: number
  /** Infinity while it lasts. */
  end: number
  /** True when nobody had read the group before. */
  readonly backlog: boolean
  /** When which role began, the first at `start`. */
  readonly roles: { at: number; role: Role }[]
}
export interface Life {
  readonly group: string
  readonly start: number
  end: number
  readonly first: boolean
}
/** What a plain replay of the events says: every stay, every life of a group, every name, type and owner. */
export interface Replayed {
  readonly stays: readonly Stay[]
  readonly lives: readonly Life[]
  readonly changes: readonly {
    group: string
    at: number
    what: 'name' | 'owner' | 'type'
    old: string | null
    new: string | null
  }[]
  readonly groups: ReadonlyMap<
    string,
    { name: string; type: string; owner: string | null; bornAt: number; maxMembers: number | null }
  >
  /** When each group was read: at every second at which anything befell it. */
  readonly reads: ReadonlyMap<string, readonly number[]>
  readonly last: number
}

interface GroupNow {
  name: string
  type: string
  owner: string | null
  members: Map<string, Role>
}

/** Replays the events second by second; shares nothing with the program, and knows no SQL. */
export function replay(events: readonly StoryEvent[]): Replayed {
  const stays: Stay[] = []
  const lives: Life[] = []
  const changes: Replayed['changes'][number][] = []
  const groups = new Map<
    string,
    { name: string; type: string; owner: string | null; bornAt: number; maxMembers: number | null }
  >()
  const now = new Map<string, GroupNow>()
  const open = new Map<string, Stay>()
  const seconds = [...new Set(events.map(({ t }) => t))]
  for (const t of seconds) {
    const before = new Map([...now].map(([id, group]) => [id, { ...group, members: new Map(group.members) }]))
    for (const event of events.filter((one) => one.t === t)) apply(now, event, groups)
    for (const id of new Set([...before.keys(), ...now.keys()])) {
      const [old, group] = [before.get(id), now.get(id)]
      const known = lives.some((life) => life.group === id)
      if (group !== undefined) group.owner = [...group.members].find(([, role]) => role === 'owner')?.[0] ?? null
      if (old === undefined) lives.push({ group: id, start: t, end: Number.POSITIVE_INFINITY, first: !known })
      if (group === undefined) {
        const life = lives.findLast((one) => one.group === id)
        if (life !== undefined) life.end = t
      }
      for (const [account] of old?.members ?? []) {
        const stay = open.get(`${id} ${account}`)
        const role = group?.members.get(account)
        if (stay === undefined) continue
        if (role === undefined) {
          stay.end = t
          open.delete(`${id} ${account}`)
        } else if (stay.roles.at(-1)?.role !== role) stay.roles.push({ at: t, role })
      }
      for (const [account, role] of group?.members ?? []) {
        if (old?.members.has(account) === true) continue
        const stay = {
          group: id,
          account,
          start: t,
          end: Number.POSITIVE_INFINITY,
          backlog: !known,
          roles: [{ at: t, role }],
        }
        stays.push(stay)
        open.set(`${id} ${account}`, stay)
      }
      const facts = groups.get(id)
      if (group === undefined || facts === undefined) continue
      if (known) {
        for (const what of ['name', 'owner', 'type'] as const)
          if (facts[what] !== group[what]) changes.push({ group: id, at: t, what, old: facts[what], new: group[what] })
      }
      groups.set(id, { ...facts, name: group.name, type: group.type, owner: group.owner })
    }
  }
  const reads = new Map<string, number[]>()
  for (const { group, t } of events) reads.set(group, [...(reads.get(group) ?? []), t])
  return { stays, lives, changes, groups, reads, last: seconds.at(-1) ?? 0 }
}

function apply(
  now: Map<string, GroupNow>,
  event: StoryEvent,
  groups: Map<string, { name: string; type: string; owner: string | null; bornAt: number; maxMembers: number | null }>,
): void {
  const group = now.get(event.group)
  switch (event.op) {
    case 'create': {
      const { name, type = 'Public', maxMembers = null } = event
      now.set(event.group, { name, type, owner: null, members: new Map() })
      if (!groups.has(event.group)) groups.set(event.group, { name, type, owner: null, bornAt: event.t, maxMembers })
      return
    }
    case 'update':
      if (group !== undefined) Object.assign(group, { name: event.name ?? group.name, type: event.type ?? group.type })
      return
    case 'dissolve':
      now.delete(event.group)
      return
    case 'join':
    case 'role':
      group?.members.set(event.account, event.role)
      return
    case 'leave':
      group?.members.delete(event.account)
  }
}
