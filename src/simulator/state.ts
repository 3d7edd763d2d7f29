import type { SimGroup, SimMember, World, WorldEvent } from './types.ts'

export type TruthMember = Pick<SimMember, 'role' | 'nameCard' | 'joinedAt' | 'mutedUntil' | 'lastSpokeAt' | 'custom'>

export type TruthGroup = Pick<
  SimGroup,
  'type' | 'name' | 'introduction' | 'notification' | 'createdAt' | 'maxMembers' | 'muteAll' | 'joinOption' | 'custom'
> & { members: Record<string, TruthMember> }

/** Live groups by id, members by account, both in order of their ids: two truths that are equal print alike. */
export type Truth = Record<string, TruthGroup>

/** What is so in the world now. */
export function truth(world: World): Truth {
  const groups = new Map<string, { group: object; members: Map<string, object> }>()
  for (const [id, group] of world.groups)
    if (group.dissolvedAt === null) groups.set(id, { group, members: group.members })
  return snapshot(groups)
}

/** What was so when everything up to and with the moment `t` (ms) had happened, told from the events alone. */
export function truthAt(events: readonly WorldEvent[], t: number): Truth {
  const groups = new Map<string, { group: object; members: Map<string, object> }>()
  for (const event of events) {
    if (event.t > t) break
    if (event.op === 'group.create') {
      groups.set(event.group, { group: { ...event.set }, members: new Map() })
      continue
    }
    const entry = groups.get(event.group)
    if (!entry) throw new Error(`an event of group ${event.group}, which is not there`)
    switch (event.op) {
      case 'group.update':
        Object.assign(entry.group, event.set)
        break
      case 'group.dissolve':
        groups.delete(event.group)
        break
      case 'member.join':
        entry.members.set(event.account, { joinedAt: event.t, ...event.set, role: event.role })
        break
      case 'member.leave':
        entry.members.delete(event.account)
        break
      case 'member.role':
        Object.assign(entry.members.get(event.account) ?? {}, { role: event.role })
        break
      case 'member.update':
        Object.assign(entry.members.get(event.account) ?? {}, event.set)
        break
      default:
        event satisfies never
    }
  }
  return snapshot(groups)
}

function snapshot(groups: Map<string, { group: Partial<SimGroup>; members: Map<string, Partial<SimMember>> }>): Truth {
  return byId(groups, ({ group, members }) => ({
    type: group.type ?? '',
    name: group.name ?? '',
    introduction: group.introduction ?? '',
    notification: group.notification ?? '',
    createdAt: group.createdAt ?? 0,
    maxMembers: group.maxMembers ?? 0,
    muteAll: group.muteAll ?? false,
    joinOption: group.joinOption ?? 'FreeAccess',
    custom: group.custom ?? {},
    members: byId(members, (member) => ({
      role: member.role ?? 'Member',
      nameCard: member.nameCard ?? '',
      joinedAt: member.joinedAt ?? 0,
      mutedUntil: member.mutedUntil ?? 0,
      lastSpokeAt: member.lastSpokeAt ?? 0,
      custom: member.custom ?? {},
    })),
  }))
}

/** `fromEntries` and not assignment: an account may be called `__proto__`. */
function byId<A, B>(from: ReadonlyMap<string, A>, shape: (value: A) => B): Record<string, B> {
  const ids = [...from].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(ids.map(([id, value]) => [id, shape(value)]))
}
