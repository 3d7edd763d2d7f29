import { readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Member } from '../../src/core/member.ts'
import { Spool } from '../../src/sync/spool.ts'
import { roll, someone } from '../core/arbitrary.ts'
import { ownTmp } from '../support/own-tmp.ts'

const tmp = ownTmp()

/** Rows as vendors give them, some without their join time. */
const page = roll.map((rows) => rows.map((row, n) => (n % 3 === 1 ? { ...row, joinedAt: undefined } : row)))
const read = async (spool: Spool, marks?: Uint8Array) => {
  const rows: Member[] = []
  for await (const some of spool.rows(marks)) rows.push(...some)
  return rows
}
const folders = () => readdirSync(tmp).filter((name) => name.startsWith('rollcall-walk-'))

test('rows come back as they were put aside, as often as they are asked for, also while more are added', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(page), fc.array(page), async (first, second) => {
      await using spool = await Spool.open()
      for (const rows of first) await spool.add(rows)
      expect(await read(spool)).toEqual(first.flat())
      for (const rows of second) await spool.add(rows)
      expect(await read(spool)).toEqual([...first, ...second].flat())
      await spool.clear()
      expect(await read(spool)).toEqual([])
      for (const rows of second) await spool.add(rows)
      expect(await read(spool)).toEqual(second.flat())
    }),
    { numRuns: 30 },
  )
})

test('of many rows those marked come back alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(page), fc.infiniteStream(fc.boolean()), async (pages, chosen) => {
      await using spool = await Spool.open()
      for (const rows of pages) await spool.add(rows)
      const marks = Uint8Array.from(pages.flat(), () => Number(chosen.next().value))
      const wanted = pages.flat().filter((_, index) => marks[index] === 1)
      expect(await read(spool, marks)).toEqual(wanted)
    }),
    { numRuns: 50 },
  )
})

test('a spool that sorts gives every row by account, also when there are more than one run of them', async () => {
  await using spool = await Spool.open({ sorts: true })
  const accounts = Array.from({ length: 25_003 }, (_, n) => `u${(n * 7919) % 25_003}`)
  for (let at = 0; at < accounts.length; at += 700) await spool.add(accounts.slice(at, at + 700).map(someone))
  expect((await read(spool)).map(({ accountId }) => accountId)).toEqual(accounts.toSorted())
  expect((await read(spool)).length).toBe(accounts.length)
  await spool.clear()
  await spool.add(['b', 'a', 'b'].map(someone))
  expect((await read(spool)).map(({ accountId }) => accountId)).toEqual(['a', 'b', 'b'])
})

test('a file that was cut short is an error, never a shorter roll; its folder goes all the same', async () => {
  const before = new Set(folders())
  const spool = await Spool.open()
  const [folder = ''] = folders().filter((name) => !before.has(name))
  const [rows = []] = fc.sample(
    roll.filter(({ length }) => length > 2),
    1,
  )
  await spool.add(rows)
  expect(await read(spool)).toHaveLength(rows.length)
  truncateSync(join(tmp, folder, 'rows'), 10)
  await expect(read(spool)).rejects.toThrow('cut short')
  await spool[Symbol.asyncDispose]()
  expect(folders()).not.toContain(folder)
})
