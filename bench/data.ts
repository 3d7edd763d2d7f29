import type { Group } from '../src/core/group.ts'
import type { Member } from '../src/core/member.ts'
import { PrintRoster } from '../src/core/roster.ts'
import { Seen } from '../src/core/seen.ts'
import type { Reading } from '../src/sync/reading.ts'
import { Spool } from '../src/sync/spool.ts'
import { LARGE_FROM, type LargeRoll } from '../src/sync/walk-group.ts'

/** Made-up groups with heavy-tailed sizes, and readings of them, the same for the same size. */

const START = Date.UTC(2026, 0, 1)
const DAY = 86_400_000

/** A small generator of chance; the bench must do the same work every time. */
export function createChance(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/**
 * Sizes that come to `total`: one group with half of them, one with a twentieth, one in a thousand of the others with
 * some thousands, the rest with 5 to 200.
 */
export function heavyTailed(total: number): number[] {
  const chance = createChance(7)
  const sizes = [Math.floor(total / 2), Math.floor(total / 20)]
  let left = total - sizes.reduce((sum, size) => sum + size, 0)
  while (left > 0) {
    const size = chance(1000) === 0 ? 2000 + chance(6000) : 5 + Math.floor(195 * (chance(10_000) / 10_000) ** 5.2)
    sizes.push(Math.min(left, size))
    left -= size
  }
  return sizes
}

export interface Roll {
  readonly group: Group
  /** The members fingerprinted, as the reading side hands them to the store. */
  readonly seen: Seen
  /** In joining order, as vendors list them. */
  readonly members: readonly Member[]
}

const roleOf = (index: number) => (index === 0 ? 'owner' : index < 3 ? 'admin' : 'member')

function memberOf(chance: (below: number) => number, accountId: string, index: number, joinedAt: number): Member {
  return {
    accountId,
    role: roleOf(index),
    nameCard: chance(10) < 3 ? `Card ${chance(1_000_000)}` : null,
    mutedUntil: null,
    joinedAt,
    lastSpokeAt: START - chance(60 * 86_400) * 1000,
    attributes: { msg_flag: 'AcceptAndNotify' },
    live: { msg_seq: chance(5000) },
  }
}

/** Accounts of one group never come twice: a walk through them by a step that has no factor in common with their number. */
export function rollOf(number: number, size: number, accounts: number): Roll {
  const chance = createChance(1000 + number)
  const first = chance(accounts)
  const createdAt = START - 400 * DAY
  const members: Member[] = []
  for (let index = 0; index < size; index++) {
    const account = (first + index * 611_953) % accounts
    members.push(memberOf(chance, `user_${account.toString(36).padStart(6, '0')}`, index, createdAt + index * 1000))
  }
  return { group: groupOf(number, size, createdAt), members, seen: new Seen(members) }
}

function groupOf(number: number, memberCount: number, createdAt: number): Group {
  return {
    groupId: `@TGS#2BENCH${number.toString(36).toUpperCase().padStart(6, '0')}`,
    type: 'Public',
    name: `Group ${number}`,
    ownerId: null,
    memberCount,
    maxMembers: Math.max(2000, memberCount),
    muteAll: false,
    joinMode: 'free',
    createdAt,
    attributes: null,
    live: { next_msg_seq: 17 },
  }
}

/** So many accounts that the largest group finds enough of them, and a prime. */
export function accountsFor(total: number): number {
  let prime = total | 1
  const divisible = (n: number) => {
    for (let divisor = 3; divisor * divisor <= n; divisor += 2) if (n % divisor === 0) return true
    return false
  }
  while (divisible(prime) || prime === 611_953) prime += 2
  return prime
}

/** The rolls with one in a hundred members joined, left or changed, in equal parts. Returns how many changes that makes. */
export function changed(rolls: readonly Roll[], accounts: number, round: number): { rolls: Roll[]; changes: number } {
  const chance = createChance(99 + round)
  let changes = 0
  const next = rolls.map((roll): Roll => {
    const { group, members } = roll
    const kept: Member[] = []
    let touched = false
    for (const member of members) {
      const draw = chance(300)
      if (draw > 2) {
        kept.push(member)
        continue
      }
      touched = true
      changes++
      if (draw === 0) continue // left
      if (draw === 1) kept.push({ ...member, nameCard: `Renamed ${round} ${chance(1000)}` })
      else {
        kept.push(member)
        const joinedAt = START + round * DAY + kept.length * 1000
        kept.push(memberOf(chance, `new${round}_${chance(accounts)}_${kept.length}`, 5, joinedAt))
      }
    }
    if (!touched) return roll
    return { group: { ...group, memberCount: kept.length }, members: kept, seen: new Seen(kept) }
  })
  return { rolls: next, changes }
}

/** A reading as the store gets it: of a group too large to be held, fingerprints and the rows some at a time. */
export async function readingOf({ group, members, seen }: Roll, beganAt: number, first: boolean): Promise<Reading> {
  const large = members.length > LARGE_FROM ? await largeOf(members, first) : null
  return {
    groupId: group.groupId,
    group,
    outcome: 'complete',
    reason: null,
    ...(large === null ? { members, seen } : { members: [], large }),
    vendorCount: members.length,
    bad: [],
    passes: 1,
    calls: 0,
    beganAt,
  }
}

async function largeOf(members: readonly Member[], first: boolean): Promise<LargeRoll> {
  const roster = new PrintRoster(members.length)
  for (const member of members) roster.add(member)
  const spool = await Spool.open({ sorts: first })
  for (let at = 0; at < members.length; at += PAGE) await spool.add(members.slice(at, at + PAGE))
  return { roster, rows: (marks) => spool.rows(marks), [Symbol.asyncDispose]: () => spool[Symbol.asyncDispose]() }
}
const PAGE = 200

/** As the details calls of a sync bring them: up to 50 groups and 900 KB an answer, larger groups alone. */
export function batches(rolls: readonly Roll[]): Roll[][] {
  const found: Roll[][] = []
  let open: Roll[] = []
  let rows = 0
  for (const roll of rolls) {
    if (roll.members.length > 3600) {
      found.push([roll])
      continue
    }
    if (open.length === 50 || rows + roll.members.length > 3600) {
      found.push(open)
      open = []
      rows = 0
    }
    open.push(roll)
    rows += roll.members.length
  }
  if (open.length > 0) found.push(open)
  return found
}
