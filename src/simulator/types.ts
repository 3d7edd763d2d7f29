/** The simulated vendors. This folder shares no code with the adapters: it is written from the vendors' documents alone. */

/** Milliseconds since 1970 UTC. The simulator lives by the clock it is given (real, or a simulated one). */
export type Clock = { now(): number }

export type SimRole = 'Owner' | 'Admin' | 'Member'

export interface SimMember {
  accountId: string
  role: SimRole
  joinedAt: number
  nameCard: string
  /** ms; 0 not muted, Infinity for ever. */
  mutedUntil: number
  lastSpokeAt: number
  /** Read position; grows as the world lives. */
  msgSeq: number
  custom: Record<string, string>
  /** The world's count of joins when this one came: tells apart who joined in the same millisecond. */
  readonly joinSeq: number
}

export interface SimGroup {
  groupId: string
  /** Vendor-neutral kind, mapped by each dialect: `Public`, `Private`, `ChatRoom`, `AVChatRoom`, `Community`, `super`, … */
  type: string
  name: string
  introduction: string
  notification: string
  createdAt: number
  maxMembers: number
  muteAll: boolean
  joinOption: 'FreeAccess' | 'NeedPermission' | 'DisableApply'
  custom: Record<string, string>
  /** Insertion ordered by account id: the order in which pages list it. */
  members: Map<string, SimMember>
  dissolvedAt: number | null
  /** Kept by the world from the members' roles, so that a dialect need not look through 100,000 of them. */
  ownerId: string | null
  /** Grows with every change of the group's own fields. */
  infoSeq: number
  infoChangedAt: number
  lastMessageAt: number
  nextMsgSeq: number
}

/** One thing that happened in a world; `World.events` keeps them all: the truth to compare with. */
export type WorldEvent =
  | { t: number; op: 'group.create'; group: string; set: Record<string, unknown> }
  | { t: number; op: 'group.update'; group: string; set: Record<string, unknown> }
  | { t: number; op: 'group.dissolve'; group: string }
  | { t: number; op: 'member.join'; group: string; account: string; role: SimRole; set: Record<string, unknown> }
  | { t: number; op: 'member.leave'; group: string; account: string }
  | { t: number; op: 'member.role'; group: string; account: string; role: SimRole }
  | { t: number; op: 'member.update'; group: string; account: string; set: Record<string, unknown> }

/** The truth. Every change goes through these methods and is recorded. Unknown ids throw: a test that errs should see it. */
export interface World {
  readonly clock: Clock
  readonly groups: ReadonlyMap<string, SimGroup>
  readonly events: readonly WorldEvent[]
  /** Called with every event as it happens. Returns what takes it back. */
  onEvent(listener: (event: WorldEvent) => void): () => void
  createGroup(group: Partial<SimGroup> & { groupId: string }): SimGroup
  updateGroup(
    groupId: string,
    set: Partial<
      Pick<
        SimGroup,
        'name' | 'introduction' | 'notification' | 'muteAll' | 'joinOption' | 'type' | 'maxMembers' | 'custom'
      >
    >,
  ): void
  dissolve(groupId: string): void
  join(groupId: string, accountId: string, member?: Partial<SimMember>): void
  leave(groupId: string, accountId: string): void
  setRole(groupId: string, accountId: string, role: SimRole): void
  updateMember(
    groupId: string,
    accountId: string,
    set: Partial<Pick<SimMember, 'nameCard' | 'mutedUntil' | 'lastSpokeAt' | 'msgSeq' | 'custom'>>,
  ): void
  /** Account ids in any live group, in a stable order. */
  accounts(): string[]
  /** Live groups of one account. */
  groupsOf(accountId: string): SimGroup[]
  /** Every group ever created, oldest first; an index into it never changes its meaning, so cursors are made of it. */
  readonly groupOrder: readonly SimGroup[]
  /** Members in joining order as an array that is kept up to date: a page costs what the page holds. */
  listMembers(groupId: string): readonly SimMember[]
  /** An account that exists without being in any group. Joining adds it as well. */
  addAccount(accountId: string): void
  /** Whether the account exists, in a group or not. */
  knows(accountId: string): boolean
  /** The account as the world writes it, whatever case it is asked in; the exact one first. */
  findAccount(accountId: string): string | undefined
}

/** A fault by name, at a rate (0…1) or for the next `times` matching requests. */
export interface FaultRule {
  /** `10002`, `http502`, `html`, `timeout`, `reset`, `truncate`, `60007`, … as the dialect lists them. */
  name: string
  rate?: number
  times?: number
  /** Only this endpoint (names of interface.md, e.g. `getGroupMemberInfo`); default all. */
  endpoint?: string
  /** Only requests about this group. */
  groupId?: string
  /** Only this app, by name. */
  app?: string
  /** How long `slow` waits, ms; default 1000. */
  delayMs?: number
}

/** One request as the simulator saw it. Secrets (usersig, tokens, checksums) are kept for tests to look at. */
export interface Seen {
  at: number
  app: string
  endpoint: string
  groupIds: string[]
  account: string | null
  query: Record<string, string>
  body: unknown
  headers: Record<string, string | string[] | undefined>
  /** The vendor code answered (`0`, `10010`, `http502`), `refused` when over the limit. */
  answer: string
}
