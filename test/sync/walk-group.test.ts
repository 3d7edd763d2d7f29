import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { VendorError } from '../../src/core/errors.ts'
import type { Group } from '../../src/core/group.ts'
import type { Vendor } from '../../src/vendors/types.ts'
import { type Room, Rooms } from '../../src/sync/room.ts'
import { walkGroup } from '../../src/sync/walk-group.ts'
import { someone } from '../core/arbitrary.ts'
import { ownTmp } from '../support/own-tmp.ts'

const tmp = ownTmp()

// Pages that are sure to be wanted are fetched while those before are dealt with. A vendor that is watched from within
// tells when it was asked; it must get the calls, and no others, of a walk that does one thing after the other.

const group = { groupId: 'g', type: 'Public', memberCount: 30 } as unknown as Group
function vendorOf(roll: string[], onPage: (offset: number, asked: number) => void | Promise<void> = () => {}) {
  const offsets: number[] = []
  let open = 0
  const vendor = {
    async memberPage(_group: Group, position: { offset: number }, size: number) {
      open++
      offsets.push(position.offset)
      try {
        await onPage(position.offset, offsets.length)
        const rows = roll.slice(position.offset, position.offset + size).map(someone)
        return { rows, bad: [], memberCount: roll.length, next: null }
      } finally {
        open--
      }
    },
  } as unknown as Vendor
  return { vendor, offsets, open: () => open }
}
const putAside = () => readdirSync(tmp).filter((name) => name.startsWith('rollcall-walk-'))
const people = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`)
const plan = { kind: 'offset', pageSize: 11 } as const
const never = () => new AbortController().signal

test('the vendor is asked for the same pages in the same order, a few at a time', async () => {
  let most = 0
  const one = vendorOf(people(95), async () => {
    most = Math.max(most, one.open())
    await new Promise((resolve) => setImmediate(resolve))
  })
  const walked = await walkGroup(one.vendor, { ...group, memberCount: 95 }, plan, never())
  expect(walked).toMatchObject({ complete: true, calls: 10 })
  expect(walked.members.map(({ accountId }) => accountId)).toEqual(people(95))
  expect(one.offsets).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
  expect(most).toBe(3)
})

test('pages are asked for while the rows of the one before are put aside', async () => {
  const order: string[] = []
  const one = vendorOf(people(30), (offset) => void order.push(`asked ${offset}`))
  const walked = await walkGroup(one.vendor, group, plan, never(), {
    largeFrom: 5,
    async fillIn(rows) {
      await new Promise((resolve) => setImmediate(resolve))
      order.push(`kept ${rows.length}`)
      return rows
    },
  })
  await using large = walked.large
  expect(large?.roster.size).toBe(30)
  expect(order).toEqual(['asked 0', 'asked 10', 'asked 20', 'kept 11', 'kept 11', 'kept 10'])
})

test('a page that is not wanted after all is waited for and counted, and what it says is not taken', async () => {
  const roll = people(30)
  const one = vendorOf(roll, (_, asked) => {
    if (asked === 2) roll.shift() // everybody moves up: the walk has to step back
  })
  const walked = await walkGroup(one.vendor, { ...group, memberCount: 30 }, plan, never())
  expect(one.open()).toBe(0)
  expect(walked.calls).toBe(one.offsets.length)
  expect(walked.complete).toBe(true)
  expect(new Set(walked.members.map(({ accountId }) => accountId))).toEqual(new Set(roll))
  expect(one.offsets.length).toBeGreaterThan(4)
})

test('an error of a page ends the walk when its turn comes, with no call left open', async () => {
  const fault = new VendorError('no', { fault: 'retry', code: 'x', endpoint: 'members' })
  const one = vendorOf(people(30), (offset) => {
    if (offset === 20) throw fault
  })
  await expect(walkGroup(one.vendor, group, plan, never())).rejects.toBe(fault)
  const stop = new AbortController()
  let asked = 0
  const two = vendorOf(people(30), async () => {
    asked++
    await new Promise((resolve) => setImmediate(resolve))
  })
  const failing = walkGroup(two.vendor, group, plan, stop.signal, {
    largeFrom: 5,
    async fillIn() {
      throw new Error('no room')
    },
  })
  const before = putAside()
  await expect(failing).rejects.toThrow('no room')
  expect([asked, two.open()]).toEqual([3, 0])
  expect(putAside()).toEqual(before)
})

test('a pass that proves nothing leaves no rows behind: those put aside are of the last one', async () => {
  let passes = 0
  const vendor = {
    async memberPage(_group: Group, { token }: { token: string | null }) {
      const from = Number(token ?? 0)
      if (from === 0) passes++
      const rows = people(passes === 1 ? 29 : 30)
        .slice(from, from + 10)
        .map(someone)
      return { rows, bad: [], memberCount: null, next: from < 20 ? `${from + 10}` : null }
    },
    details: async () => [{ kind: 'found', group }],
  } as unknown as Vendor
  const walked = await walkGroup(vendor, group, { kind: 'token', pageSize: 10 }, never(), { largeFrom: 5 })
  await using large = walked.large
  expect(walked).toMatchObject({ complete: true, passes: 2 })
  const rows: string[] = []
  for await (const some of large?.rows() ?? []) rows.push(...some.map(({ accountId }) => accountId))
  expect(rows).toEqual(people(30))
  expect(large?.roster.wanted().marks).toHaveLength(30)
})

test('groups that together would not fit into memory are put aside, and their room is free again after them', async () => {
  const rooms = new Rooms(5000)
  const pages = { kind: 'offset', pageSize: 500 } as const
  const walk = async (size: number, room: Room) => {
    const walked = await walkGroup(vendorOf(people(size)).vendor, { ...group, memberCount: size }, pages, never(), {
      room,
    })
    await using large = walked.large
    expect(walked.complete).toBe(true)
    expect((large?.roster.size ?? 0) + walked.members.length).toBe(size)
    return large === undefined ? 'held' : 'put aside'
  }
  {
    using first = rooms.enter()
    expect(await walk(3000, first)).toBe('held')
    using second = rooms.enter()
    expect(await walk(3000, second)).toBe('put aside')
    using third = rooms.enter()
    expect(await walk(1900, third)).toBe('held') // small ones never are
    expect(await walk(2400, third)).toBe('put aside')
  }
  using alone = rooms.enter()
  expect(await walk(4900, alone)).toBe('held')
})
