import type { Clock, SimGroup, SimMember, SimRole, World, WorldEvent } from './types.ts'

export interface WorldOptions {
  /** Keep `events`, default true. A world of millions of memberships that is only read does without. */
  keepEvents?: boolean
}

/** One shared object for all who have no custom fields: millions of members must fit. */
const NO_CUSTOM: Record<string, string> = Object.freeze({})

/** An empty world. Its clock stamps every change. */
export function createWorld(clock: Clock, options: WorldOptions = {}): World {
  const groups = new Map<string, SimGroup>()
  const groupOrder: SimGroup[] = []
  const groupsByAccount = new Map<string, Set<SimGroup>>()
  const lists = new Map<SimGroup, SimMember[]>()
  const events: WorldEvent[] = []
  /** Lower case → the account; made when first asked for, as only some vendors do not mind case. */
  let caseless: Map<string, string> | null = null
  let joins = 0
  const listeners = new Set<(event: WorldEvent) => void>()
  const record = (event: WorldEvent): void => {
    if (options.keepEvents !== false) events.push(event)
    for (const listener of listeners) listener(event)
  }

  function live(groupId: string): SimGroup {
    const group = groups.get(groupId)
    if (!group) throw new Error(`no group ${groupId}`)
    if (group.dissolvedAt !== null) throw new Error(`group ${groupId} is dissolved`)
    return group
  }
  function memberOf(group: SimGroup, accountId: string): SimMember {
    const member = group.members.get(accountId)
    if (!member) throw new Error(`${accountId} is not in group ${group.groupId}`)
    return member
  }
  function membershipsOf(accountId: string): Set<SimGroup> {
    const known = groupsByAccount.get(accountId)
    if (known) return known
    const none = new Set<SimGroup>()
    groupsByAccount.set(accountId, none)
    if (caseless && !caseless.has(accountId.toLowerCase())) caseless.set(accountId.toLowerCase(), accountId)
    return none
  }
  /** Two owners may stand side by side for a moment; when the newer goes, the other is the owner again. */
  function ownerGone(group: SimGroup, accountId: string) {
    if (group.ownerId !== accountId) return
    group.ownerId = null
    for (const member of group.members.values()) if (member.role === 'Owner') group.ownerId = member.accountId
  }
  function infoChanged(group: SimGroup) {
    group.infoSeq += 1
    group.infoChangedAt = clock.now()
  }

  const world: World = {
    clock,
    groups,
    groupOrder,
    events,
    onEvent(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    createGroup({ members, ...given }) {
      const before = groups.get(given.groupId)
      if (before && before.dissolvedAt === null) throw new Error(`group ${given.groupId} exists`)
      const group = newGroup(given, clock.now())
      groups.set(group.groupId, group)
      groupOrder.push(group)
      const { groupId, members: _members, dissolvedAt: _dissolvedAt, ownerId: _ownerId, ...set } = group
      record({ t: clock.now(), op: 'group.create', group: groupId, set })
      for (const member of members?.values() ?? []) world.join(groupId, member.accountId, member)
      return group
    },
    updateGroup(groupId, set) {
      const group = live(groupId)
      Object.assign(group, set)
      infoChanged(group)
      record({ t: clock.now(), op: 'group.update', group: groupId, set: { ...set } })
    },
    dissolve(groupId) {
      const group = live(groupId)
      for (const accountId of group.members.keys()) membershipsOf(accountId).delete(group)
      group.dissolvedAt = clock.now()
      group.ownerId = null
      group.members.clear()
      lists.delete(group)
      record({ t: clock.now(), op: 'group.dissolve', group: groupId })
    },
    join(groupId, accountId, given = {}) {
      const group = live(groupId)
      if (group.members.has(accountId)) throw new Error(`${accountId} is in group ${groupId} already`)
      const member = newMember(accountId, given, clock.now(), joins++)
      group.members.set(accountId, member)
      lists.get(group)?.push(member)
      membershipsOf(accountId).add(group)
      if (member.role === 'Owner') group.ownerId = accountId
      record({
        t: clock.now(),
        op: 'member.join',
        group: groupId,
        account: accountId,
        role: member.role,
        set: told(given),
      })
    },
    leave(groupId, accountId) {
      const group = live(groupId)
      const member = memberOf(group, accountId)
      group.members.delete(accountId)
      const list = lists.get(group)
      list?.splice(list.indexOf(member), 1)
      membershipsOf(accountId).delete(group)
      ownerGone(group, accountId)
      record({ t: clock.now(), op: 'member.leave', group: groupId, account: accountId })
    },
    setRole(groupId, accountId, role: SimRole) {
      const group = live(groupId)
      memberOf(group, accountId).role = role
      if (role === 'Owner') group.ownerId = accountId
      else ownerGone(group, accountId)
      record({ t: clock.now(), op: 'member.role', group: groupId, account: accountId, role })
    },
    updateMember(groupId, accountId, set) {
      Object.assign(memberOf(live(groupId), accountId), set)
      record({ t: clock.now(), op: 'member.update', group: groupId, account: accountId, set: { ...set } })
    },
    accounts() {
      const all: string[] = []
      for (const [accountId, memberships] of groupsByAccount) if (memberships.size > 0) all.push(accountId)
      return all
    },
    groupsOf: (accountId) => [...(groupsByAccount.get(accountId) ?? [])],
    listMembers(groupId) {
      const group = live(groupId)
      const known = lists.get(group)
      if (known) return known
      const list = [...group.members.values()]
      lists.set(group, list)
      return list
    },
    addAccount: (accountId) => void membershipsOf(accountId),
    knows: (accountId) => groupsByAccount.has(accountId),
    findAccount(accountId) {
      if (groupsByAccount.has(accountId)) return accountId
      // Backwards, so that the first of two that differ only in case is the one found.
      caseless ??= new Map([...groupsByAccount.keys()].reverse().map((known) => [known.toLowerCase(), known]))
      return caseless.get(accountId.toLowerCase())
    },
  }
  return world
}

function newGroup(given: Partial<Omit<SimGroup, 'members'>> & { groupId: string }, now: number): SimGroup {
  return {
    type: 'Public',
    name: given.groupId,
    introduction: '',
    notification: '',
    createdAt: now,
    maxMembers: 2000,
    muteAll: false,
    joinOption: 'FreeAccess',
    custom: NO_CUSTOM,
    infoSeq: 1,
    infoChangedAt: given.createdAt ?? now,
    lastMessageAt: 0,
    nextMsgSeq: 1,
    ...given,
    ownerId: null,
    dissolvedAt: null,
    members: new Map(),
  }
}

/** Spelled out, so that every member has the same shape and stays small. */
function newMember(accountId: string, given: Partial<SimMember>, now: number, joinSeq: number): SimMember {
  return {
    accountId,
    role: given.role ?? 'Member',
    joinedAt: given.joinedAt ?? now,
    nameCard: given.nameCard ?? '',
    mutedUntil: given.mutedUntil ?? 0,
    lastSpokeAt: given.lastSpokeAt ?? 0,
    msgSeq: given.msgSeq ?? 0,
    custom: given.custom ?? NO_CUSTOM,
    joinSeq,
  }
}

/** What a join event tells beyond account and role; nothing, mostly, and then one shared object says so. */
function told({
  accountId: _account,
  role: _role,
  joinSeq: _seq,
  ...set
}: Partial<SimMember>): Record<string, unknown> {
  return Object.keys(set).length > 0 ? set : NO_CUSTOM
}
