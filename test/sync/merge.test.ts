import fc from 'fast-check'
import { expect, test } from 'vitest'
import { merge } from '../../src/sync/merge.ts'

async function* some(parts: readonly (readonly number[])[]) {
  for (const part of parts) yield part
}

test('sorted lists come out as one sorted list with every row, however they are cut', async () => {
  const number = fc.integer({ min: 0, max: 50 })
  const list = fc
    .tuple(fc.array(number, { maxLength: 40 }), fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 }))
    .map(([rows, cuts]) => {
      const sorted = rows.toSorted((a, b) => a - b)
      const at = [0, ...cuts.toSorted((a, b) => a - b), sorted.length]
      return at.slice(1).map((end, index) => sorted.slice(at[index], end))
    })
  await fc.assert(
    fc.asyncProperty(fc.array(list, { maxLength: 8 }), fc.integer({ min: 1, max: 30 }), async (lists, atOnce) => {
      const parts: number[][] = []
      for await (const part of merge(lists.map(some), (a, b) => a < b, atOnce)) parts.push(part)
      expect(parts.flat()).toEqual(lists.flat(2).toSorted((a, b) => a - b))
      expect(parts.slice(0, -1).every(({ length }) => length === atOnce)).toBe(true)
    }),
  )
})
