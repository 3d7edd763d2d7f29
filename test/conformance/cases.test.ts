import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** The cases of `vendors/cases.md`, by number. */
const CASES: Readonly<Record<string, readonly number[]>> = {
  T: [...range(1, 13), 15, 17, 18, 21, 22, ...range(24, 31), 33, ...range(36, 43)],
  E: [...range(1, 5), ...range(8, 16), 18, 20, 22, 23, 26, 27, ...range(29, 32), ...range(34, 40)],
  Y: [...range(1, 5), 7, 8, 9, 11, 13, 14, 16, 17, 18, 19, 21, 22, 24, 25, ...range(27, 32)],
  X: [1, 2, 6, 7, 8, 9],
}
/** Those that no test of reading is for. */
const EXEMPT: readonly { readonly why: string; readonly cases: readonly string[] }[] = [
  { why: 'v1 of the server API, which nothing here speaks', cases: ['Y-27'] },
  { why: 'the benchmark measures it', cases: ['X-09'] },
]

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n)
}
function named(letter: string, numbers: readonly number[]): string[] {
  return numbers.map((number) => `${letter}-${String(number).padStart(2, '0')}`)
}

const all = Object.entries(CASES).flatMap(([letter, numbers]) => named(letter, numbers))

test('every case about reading has a test that names it', () => {
  const exempt = new Set(EXEMPT.flatMap(({ cases }) => cases))
  const tested = new Set(titles().flatMap((title) => title.match(/\b[TEYX]-\d{2}\b/g) ?? []))
  expect(all.filter((one) => !tested.has(one) && !exempt.has(one))).toEqual([])
  expect([...tested].filter((one) => !all.includes(one)).sort()).toEqual([])
})

const LIST = new URL('../../../shared/vendors/cases.md', import.meta.url)
test.skipIf(!existsSync(LIST))('the list above is the one of cases.md', () => {
  const rows = readFileSync(LIST, 'utf8').matchAll(/^\| ([TEYX]-\d{2}) \|/gm)
  expect([...rows].map(([, name = '']) => name).sort()).toEqual(all.toSorted())
})

/** The titles of all tests, as they are written. */
function titles(): string[] {
  const tests = new URL('../', import.meta.url)
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'))
  return files.flatMap((name) => {
    const source = readFileSync(new URL(name, tests), 'utf8')
    const found = source.matchAll(/\b(?:test|it|describe)\b[^'"`\n]*(?:\n\s*)?(['"`])((?:\\.|(?!\1).)*)\1/g)
    const listed = source.matchAll(/\)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g)
    return [...found, ...listed].map(([, , title = '']) => title)
  })
}
