import { accountId, groupId, groupName, type IdStyle, nameCard } from './names.ts'
import { createRandom, type Random } from './random.ts'
import type { Clock, SimMember, World } from './types.ts'
import { createWorld } from './world.ts'

export interface GenerateOptions {
  seed: number
  groups: number
  accounts: number
  clock: Clock
  /** Default `tencent`. */
  idStyle?: IdStyle
  /** Exactly so many memberships in all; default: what the sizes come to. */
  memberships?: number
  /** See `createWorld`; default true. */
  keepEvents?: boolean
  /** Draws the kind of each group, the first groups in order; default `TENCENT_TYPES`. */
  types?: readonly string[]
}

const DAY = 86_400_000
/** The draw of a group's kind; the first groups take them in order, so that a small world has each of them. */
export const TENCENT_TYPES: readonly string[] = (
  'Public Community Private AVChatRoom ChatRoom Public Private Public Public Private ' +
  'Public ChatRoom Public Private Public Public Private ChatRoom Public Private'
).split(' ')
/** The kinds that Easemob and Yunxin tell apart. */
export const EASEMOB_TYPES: readonly string[] = ['Public', 'Private', 'Public', 'Private', 'Public']
export const YUNXIN_TYPES: readonly string[] = ['advanced', 'super', 'advanced', 'advanced', 'advanced']
const CUSTOMS = [{ badge: 'gold' }, { badge: '银' }, { badge: 'abc\u0000\u0001' }] as const
const TIERS = [{ tier: 'gold' }, { tier: 'trial', note: 'abc\u0000\u0001' }] as const

/** A world as large as asked, the same for the same options: many small groups, a few very large ones. */
export function generateWorld(options: GenerateOptions): World {
  const { clock, idStyle = 'tencent', types = TENCENT_TYPES } = options
  const random = createRandom(options.seed)
  const world = createWorld(clock, { keepEvents: options.keepEvents ?? true })
  const accounts = Array.from({ length: options.accounts }, (_, number) => accountId(random, idStyle, number))
  for (const account of accounts) world.addAccount(account)
  const sizes = groupSizes(random, options)
  for (const [index, size] of sizes.entries()) {
    const type = (index < types.length ? types[index] : random.pick(types)) ?? 'Public'
    let id = groupId(random, idStyle, type)
    while (world.groups.has(id)) id = groupId(random, idStyle, type)
    const createdAt = clock.now() - (1 + random.int(1000)) * DAY
    world.createGroup({
      groupId: id,
      type,
      name: groupName(random),
      introduction: random.chance(0.3) ? `About ${groupName(random)}` : '',
      notification: random.chance(0.2) ? 'Be kind' : '',
      createdAt,
      maxMembers: Math.max(2000, size),
      muteAll: random.chance(0.03),
      joinOption: random.pick(['FreeAccess', 'NeedPermission', 'DisableApply']),
      lastMessageAt: random.chance(0.8) ? clock.now() - random.int(30 * DAY) : 0,
      nextMsgSeq: 1 + random.int(5000),
      ...(random.chance(0.2) && { custom: random.pick(TIERS) }),
    })
    populate(world, random, id, accounts, size, createdAt)
  }
  return world
}

/** Picks by a partial shuffle of the accounts, so that a group costs what it holds. */
function populate(world: World, random: Random, id: string, accounts: string[], size: number, createdAt: number) {
  const now = world.clock.now()
  const owned = random.chance(0.93)
  for (let index = 0; index < size; index++) {
    const other = index + random.int(accounts.length - index)
    const picked = accounts[other] ?? ''
    accounts[other] = accounts[index] ?? ''
    accounts[index] = picked
    const given: Partial<SimMember> = { joinedAt: createdAt + Math.floor(((now - createdAt) * index) / size) }
    if (owned && index === 0) given.role = 'Owner'
    else if (owned && index < size / 20) given.role = 'Admin'
    const card = nameCard(random)
    if (card !== '') given.nameCard = card
    if (random.chance(0.5)) given.lastSpokeAt = now - random.int(60 * DAY)
    if (random.chance(0.05)) given.custom = random.pick(CUSTOMS)
    if (random.chance(0.02)) given.mutedUntil = random.pick([Number.POSITIVE_INFINITY, now + DAY, now - DAY])
    world.join(id, picked, given)
  }
}

/** Pareto: half the groups stay under ten, a few in ten thousand reach thousands. */
function groupSizes(random: Random, { groups, accounts, memberships }: GenerateOptions): number[] {
  const weights = Array.from({ length: groups }, () => 5 * (1 - random.next()) ** (-1 / 1.2))
  // The second group is a Community in the usual mix and needs more than one page.
  if (groups > 1) weights[1] = Math.max(weights[1] ?? 0, 450)
  const scaled = (factor: number) => weights.map((weight) => Math.min(accounts, Math.floor(weight * factor)))
  if (memberships === undefined) return scaled(1)
  if (memberships > groups * accounts)
    throw new Error(`${groups} groups of ${accounts} accounts cannot hold ${memberships} memberships`)
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0)
  let low = 0
  let high = 1
  while (sum(scaled(high)) < memberships) high *= 2
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (sum(scaled(middle)) > memberships) high = middle
    else low = middle
  }
  const sizes = scaled(low)
  let missing = memberships - sum(sizes)
  while (missing > 0) {
    for (const [index, size] of sizes.entries()) {
      if (missing === 0 || size >= accounts) continue
      sizes[index] = size + 1
      missing -= 1
    }
  }
  return sizes
}
