import type { ManualClock } from './clock.ts'
import { accountId, groupId, groupName, nameCard } from './names.ts'
import type { Random } from './random.ts'
import type { SimGroup, SimMember, World } from './types.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Makes `n` changes as people make them, all at the clock's present moment. Returns how many had an effect. */
export function churn(world: World, random: Random, n: number): number {
  const accounts = world.accounts()
  let done = 0
  for (let change = 0; change < n; change++) if (oneChange(world, random, accounts)) done += 1
  return done
}

/** A world that lives, and its changes on a working day; a weekend day has a third. */
export interface Living {
  world: World
  changes: number
}

/** Lets a day go by: busy office hours, quiet nights and weekends (UTC). The worlds share a clock, which ends 24 hours later. */
export function liveDay(worlds: readonly Living[], random: Random, clock: ManualClock): number {
  const start = clock.now()
  const living = worlds.map(({ world, changes }) => ({ world, changes, accounts: world.accounts() }))
  let done = 0
  for (let hour = 0; hour < 24; hour++) {
    const at = new Date(start + hour * HOUR)
    const weekend = at.getUTCDay() === 0 || at.getUTCDay() === 6
    const busy = at.getUTCHours() >= 8 && at.getUTCHours() < 20
    const due = living.flatMap((one) => {
      // Twelve busy hours and twelve quiet ones make a whole day.
      const expected = one.changes * (busy ? 0.075 : 0.0083) * (weekend ? 0.33 : 1)
      const n = Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0)
      return Array.from({ length: n }, (_, change) => ({ one, after: Math.floor((HOUR * (change + 1)) / (n + 1)) }))
    })
    for (const { one, after } of due.toSorted((a, b) => a.after - b.after)) {
      clock.set(start + hour * HOUR + after)
      if (oneChange(one.world, random, one.accounts)) done += 1
    }
  }
  clock.set(start + DAY)
  return done
}

type Change = (world: World, random: Random, group: SimGroup, accounts: string[]) => boolean

/** Each change as often as it is listed. */
const changes: readonly Change[] = [
  ...Array<Change>(40).fill(someoneJoins),
  ...Array<Change>(26).fill(someoneLeaves),
  ...Array<Change>(14).fill(cardChanges),
  ...Array<Change>(8).fill(roleChanges),
  ...Array<Change>(5).fill(muteChanges),
  ...Array<Change>(2).fill(ownerHandsOver),
  ...Array<Change>(3).fill(groupRenamed),
  groupFounded,
  groupDissolved,
]

function oneChange(world: World, random: Random, accounts: string[]): boolean {
  const group = liveGroup(world, random)
  return group !== null && random.pick(changes)(world, random, group, accounts)
}

/** Tries a few at random before it looks through all: most groups are alive. */
function liveGroup(world: World, random: Random): SimGroup | null {
  for (let attempt = 0; attempt < 20 && world.groupOrder.length > 0; attempt++) {
    const group = random.pick(world.groupOrder)
    if (group.dissolvedAt === null) return group
  }
  return world.groupOrder.find((group) => group.dissolvedAt === null) ?? null
}

function someone(world: World, random: Random, group: SimGroup): SimMember | null {
  return group.members.size === 0 ? null : random.pick(world.listMembers(group.groupId))
}

const styleOf = (group: SimGroup) => (/^(super\/)?\d+$/.test(group.groupId) ? 'digits' : 'tencent')

function someoneJoins(world: World, random: Random, group: SimGroup, accounts: string[]): boolean {
  if (accounts.length === 0 || random.chance(0.1))
    accounts.push(accountId(random, styleOf(group), 1e6 + accounts.length))
  const account = random.pick(accounts)
  if (group.members.has(account)) return false
  world.join(group.groupId, account, { nameCard: nameCard(random) })
  return true
}

/** Owners stay: they hand over first. */
function someoneLeaves(world: World, random: Random, group: SimGroup): boolean {
  const member = someone(world, random, group)
  if (member === null || member.role === 'Owner') return false
  world.leave(group.groupId, member.accountId)
  return true
}

function cardChanges(world: World, random: Random, group: SimGroup): boolean {
  const member = someone(world, random, group)
  const card = nameCard(random)
  if (member === null || member.nameCard === card) return false
  world.updateMember(group.groupId, member.accountId, { nameCard: card })
  return true
}

function roleChanges(world: World, random: Random, group: SimGroup): boolean {
  const member = someone(world, random, group)
  if (member === null || member.role === 'Owner' || group.ownerId === null) return false
  world.setRole(group.groupId, member.accountId, member.role === 'Admin' ? 'Member' : 'Admin')
  return true
}

function muteChanges(world: World, random: Random, group: SimGroup): boolean {
  const member = someone(world, random, group)
  if (member === null || member.role === 'Owner') return false
  const muted = member.mutedUntil > world.clock.now()
  const mutedUntil = muted ? 0 : random.pick([world.clock.now() + DAY, Number.POSITIVE_INFINITY])
  world.updateMember(group.groupId, member.accountId, { mutedUntil })
  return true
}

function ownerHandsOver(world: World, random: Random, group: SimGroup): boolean {
  const member = someone(world, random, group)
  const { ownerId } = group
  if (member === null || member.accountId === ownerId) return false
  world.setRole(group.groupId, member.accountId, 'Owner')
  if (ownerId !== null) world.setRole(group.groupId, ownerId, 'Member')
  return true
}

function groupRenamed(world: World, random: Random, group: SimGroup): boolean {
  world.updateGroup(group.groupId, { name: groupName(random) })
  return true
}

/** Beside the group it was drawn with: of the same kind, with a few of its members. */
function groupFounded(world: World, random: Random, group: SimGroup): boolean {
  const id = groupId(random, styleOf(group), group.type)
  const founders = world.listMembers(group.groupId).slice(0, 3 + random.int(10))
  if (world.groups.has(id) || founders.length === 0) return false
  world.createGroup({ groupId: id, type: group.type, name: groupName(random) })
  for (const [index, { accountId: account }] of founders.entries())
    world.join(id, account, { role: index === 0 ? 'Owner' : 'Member' })
  return true
}

/** Small groups end; a large one that ends in a demo hides all else. */
function groupDissolved(world: World, _random: Random, group: SimGroup): boolean {
  if (group.members.size > 50) return false
  world.dissolve(group.groupId)
  return true
}
