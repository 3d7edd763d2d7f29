import { describe, expect, test } from 'vitest'
import { createRandom, shuffled } from '../../src/simulator/random.ts'
import { type Cell, crashCell, crashCells, faultCells } from './cells.ts'

/**
 * The crash and fault matrices: here a draw of them, all of them with `npm run torture`. Every cell ends with one
 * undisturbed sync, after which the roll is the truth, each change is written once, and nobody left who did not leave.
 */

const SEED = Number(process.env['TORTURE_SEED'] ?? 11)
const ALL = process.env['TORTURE'] === 'all'
const ONE = process.env['TORTURE_CELL'] ?? null
/** Only cells whose name has this in it. */
const ONLY = process.env['TORTURE_ONLY'] ?? ''
const MOST = Number(process.env['TORTURE_MOST'] ?? Number.POSITIVE_INFINITY)
const DRAW = { faults: 24, crashes: 18 }

function draw(all: readonly Cell[], count: number): readonly Cell[] {
  const cells = all.filter(({ name }) => name.includes(ONLY))
  return ALL && MOST >= cells.length ? cells : shuffled(cells, createRandom(SEED)).slice(0, ALL ? MOST : count)
}

async function playAll(cells: readonly Cell[]): Promise<void> {
  const table = new Map<string, { cells: number; violations: number }>()
  const wrong: string[] = []
  for (const cell of cells) {
    const found = await cell.play(SEED).catch((error: unknown) => [`it threw: ${String(error)}`])
    const row = table.get(cell.row) ?? { cells: 0, violations: 0 }
    table.set(cell.row, { cells: row.cells + 1, violations: row.violations + found.length })
    for (const one of found) {
      wrong.push(`${cell.name}: ${one}`)
      process.stdout.write(`${cell.name}: ${one}\n`)
    }
  }
  process.stdout.write(
    `\nseed ${SEED}\n${[...table].map(([row, sum]) => `  ${row.padEnd(44)} ${String(sum.cells).padStart(5)} cells  ${sum.violations} violations`).join('\n')}\n`,
  )
  expect(wrong).toEqual([])
}

describe.runIf(ONE === null)('torture', () => {
  test('vendor faults, singly and mixed', () => playAll(draw(faultCells(), DRAW.faults)), 3_600_000)
  test('crashes at every seam', async () => playAll(draw(await crashCells(SEED), DRAW.crashes)), 3_600_000)
})

test.runIf(ONE !== null && !ONE.startsWith('worker/'))(
  `the cell ${ONE}`,
  async () => {
    const name = ONE ?? ''
    const [vendor, how, ...at] = name.split('/')
    const crash =
      (vendor === 'tencent' || vendor === 'easemob' || vendor === 'yunxin') && (how === 'kill' || how === 'cut')
    const cell = crash ? crashCell(vendor, { how, at: at.join('/') }) : faultCells().find((one) => one.name === name)
    if (cell === undefined) throw new Error(`there is no cell ${name}`)
    await playAll([cell])
  },
  600_000,
)
