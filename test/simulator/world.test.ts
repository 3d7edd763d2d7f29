import { expect, test } from 'vitest'
import { manualClock } from '../../src/simulator/clock.ts'
import { generateWorld } from '../../src/simulator/generate.ts'
import { churn, liveDay } from '../../src/simulator/live.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { truth, truthAt } from '../../src/simulator/state.ts'
import type { World } from '../../src/simulator/types.ts'
import { createWorld } from '../../src/simulator/world.ts'

const START = Date.UTC(2024, 0, 1)
const sizes = (world: World) => [...world.groups.values()].map((group) => group.members.size)
const sum = (list: readonly number[]) => list.reduce((total, n) => total + n, 0)

test('every change is seen from the group, from the account and in the page list, and told by an event', () => {
  const clock = manualClock(START)
  const world = createWorld(clock)
  world.createGroup({ groupId: 'a', name: 'A' })
  world.createGroup({ groupId: 'b' })
  world.join('a', 'x', { role: 'Owner' })
  world.join('a', 'y')
  expect(world.listMembers('a').map((member) => member.accountId)).toEqual(['x', 'y'])
  clock.advance(1000)
  world.join('a', '__proto__', { nameCard: 'odd' })
  world.join('b', 'y')
  world.leave('a', 'x')
  world.setRole('a', 'y', 'Owner')
  world.updateGroup('a', { name: 'B' })
  world.updateMember('a', 'y', { nameCard: 'why' })
  expect(world.listMembers('a').map((member) => member.accountId)).toEqual(['y', '__proto__'])
  expect(world.groupsOf('y').map((group) => group.groupId)).toEqual(['a', 'b'])
  expect(world.groups.get('a')?.ownerId).toBe('y')
  expect(world.accounts()).toEqual(['y', '__proto__'])
  world.dissolve('b')
  expect([world.knows('x'), world.groupsOf('x'), world.groupsOf('y').length]).toEqual([true, [], 1])
  const now = truth(world)
  expect(Object.keys(now)).toEqual(['a'])
  expect(Object.keys(now['a']?.members ?? {})).toEqual(['__proto__', 'y'])
  expect(truthAt(world.events, clock.now())).toEqual(now)
  expect(Object.keys(truthAt(world.events, START)['a']?.members ?? {})).toEqual(['x', 'y'])
  expect(truthAt(world.events, START - 1)).toEqual({})
})

test('what errs throws', () => {
  const world = createWorld(manualClock(START))
  world.createGroup({ groupId: 'a' })
  world.join('a', 'x')
  expect(() => world.createGroup({ groupId: 'a' })).toThrow('exists')
  expect(() => world.join('a', 'x')).toThrow('already')
  expect(() => world.leave('a', 'y')).toThrow('not in group')
  expect(() => world.join('b', 'x')).toThrow('no group')
  world.dissolve('a')
  expect(() => world.join('a', 'x')).toThrow('dissolved')
})

test('two owners for a moment; the one who stays is the owner', () => {
  const world = createWorld(manualClock(START))
  world.createGroup({ groupId: 'a' })
  world.join('a', 'x', { role: 'Owner' })
  world.join('a', 'y', { role: 'Owner' })
  world.setRole('a', 'y', 'Member')
  expect(world.groups.get('a')?.ownerId).toBe('x')
  world.leave('a', 'x')
  expect(world.groups.get('a')?.ownerId).toBeNull()
})

test('a generated world repeats by its seed, has every kind of group and the exact number of memberships', () => {
  const make = (seed: number) =>
    generateWorld({ seed, groups: 60, accounts: 2000, clock: manualClock(START), memberships: 12_345 })
  const world = make(7)
  expect(sum(sizes(world))).toBe(12_345)
  expect(truth(make(7))).toEqual(truth(world))
  expect(truth(make(8))).not.toEqual(truth(world))
  const types = new Set([...world.groups.values()].map((group) => group.type))
  expect([...types].sort()).toEqual(['AVChatRoom', 'ChatRoom', 'Community', 'Private', 'Public'])
  expect([...world.groups.values()].find((group) => group.type === 'Community')?.members.size).toBeGreaterThan(200)
  expect(world.accounts().every((account) => Buffer.byteLength(account) <= 32)).toBe(true)
  expect(() => generateWorld({ seed: 1, groups: 2, accounts: 5, clock: manualClock(0), memberships: 11 })).toThrow(
    'hold',
  )
})

test('life goes on by seed; the events tell all of it', () => {
  const live = () => {
    const clock = manualClock(START)
    const world = generateWorld({ seed: 1, groups: 20, accounts: 300, clock, idStyle: 'digits' })
    const random = createRandom(3)
    const days = Array.from({ length: 7 }, () => liveDay([{ world, changes: 100 }], random, clock))
    churn(world, random, 500)
    return { world, clock, days }
  }
  const { world, clock, days } = live()
  expect(clock.now()).toBe(START + 7 * 86_400_000)
  // The 1st of January 2024 is a Monday.
  expect(Math.max(...days.slice(5))).toBeLessThan(Math.min(...days.slice(0, 5)))
  expect(truthAt(world.events, clock.now())).toEqual(truth(world))
  expect(truth(live().world)).toEqual(truth(world))
  expect(new Set(world.events.map((event) => event.op)).size).toBe(7)
  for (const group of world.groups.values()) {
    const owners = [...group.members.values()].filter((member) => member.role === 'Owner')
    expect(owners.map((member) => member.accountId)).toEqual(group.ownerId === null ? [] : [group.ownerId])
    expect(group.groupId).toMatch(/^\d{15}(\d{3})?$/)
  }
})
