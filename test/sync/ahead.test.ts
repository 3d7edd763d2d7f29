import { expect, test } from 'vitest'
import { ahead } from '../../src/sync/ahead.ts'

async function* counting(made: number[], upTo = 5, fails = 0): AsyncGenerator<number, void> {
  try {
    for (let n = 1; n <= upTo; n++) {
      made.push(n)
      if (n === fails) throw new Error(`no ${n}`)
      yield n
    }
  } finally {
    made.push(0)
  }
}

test('gives the same items, each made while the one before is worked on', async () => {
  const made: number[] = []
  const taken: number[] = []
  for await (const n of ahead(counting(made))) {
    taken.push(n)
    await Promise.resolve()
    expect(made.slice(0, n + 1)).toEqual(n < 5 ? [1, 2, 3, 4, 5].slice(0, n + 1) : [1, 2, 3, 4, 5, 0])
  }
  expect(taken).toEqual([1, 2, 3, 4, 5])
})

test('an error comes in its place, after the items before it', async () => {
  const taken: number[] = []
  const all = async () => {
    for await (const n of ahead(counting([], 5, 3))) taken.push(n)
  }
  await expect(all()).rejects.toThrow('no 3')
  expect(taken).toEqual([1, 2])
})

test('who stops early ends the source, and an error that nobody waits for is nobody’s', async () => {
  const made: number[] = []
  for await (const _ of ahead(counting(made, 5, 2))) break
  expect(made).toEqual([1, 2, 0])
  made.length = 0
  for await (const _ of ahead(counting(made))) break
  expect(made).toEqual([1, 2, 0])
})
