import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { createRandom, shuffled } from '../../src/simulator/random.ts'
import { type Postgres, startPostgres } from './servers.ts'
import { playWorkerCell, rowName, WORKER_ROWS, type WorkerCell, workerCell, workerCells } from './worker-cells.ts'

/**
 * Workers of the queue, on both backends, struck where they pass a named point: killed, or PostgreSQL or Redis killed under
 * them, or a connection gone silent. Another worker takes the work over by itself; one run later everything is exact. Here a
 * draw; `npm run torture` plays more (`--each N` for each blow, vendor and backend, `--cell worker/NAME` for one of them).
 */

const SEED = Number(process.env['TORTURE_SEED'] ?? 11)
const ALL = process.env['TORTURE'] === 'all'
const CELL = process.env['TORTURE_CELL'] ?? null
const EACH = Number(process.env['TORTURE_EACH'] ?? 2)
const ONLY = process.env['TORTURE_ONLY'] ?? ''
const DRAW = 4
const redis = spawnSync('redis-server', ['--version']).status === 0

test.skipIf(!redis || (CELL !== null && !CELL.startsWith('worker/')))(
  'workers struck at their points, on both backends',
  async () => {
    await using postgres = await startPostgres()
    const cells = CELL === null ? await drawn(postgres) : [workerCell(CELL.replace(/^worker\//, ''))]
    const rows = new Map<string, { cells: number; missed: number; violations: number; slowest: number }>()
    const wrong: string[] = []
    for (const cell of cells) {
      const { found, missed, ms } = await playWorkerCell(postgres, cell, SEED).catch((error: unknown) => ({
        found: [`it threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
        missed: false,
        ms: 0,
      }))
      const key = rowName(cell)
      const row = rows.get(key) ?? { cells: 0, missed: 0, violations: 0, slowest: 0 }
      rows.set(key, {
        cells: row.cells + 1,
        missed: row.missed + Number(missed),
        violations: row.violations + found.length,
        slowest: Math.max(row.slowest, ms),
      })
      for (const one of found) wrong.push(`worker/${cell.name}: ${one}`)
      if (ALL)
        process.stdout.write(
          `worker/${cell.name} ${(ms / 1000).toFixed(1)} s ${missed ? 'missed' : found.join('; ')}\n`,
        )
    }
    const shown = [...rows].map(
      ([key, row]) =>
        `  ${key.padEnd(34)} ${String(row.cells).padStart(4)} cells  ${row.missed} missed  ${row.violations} violations  taken over within ${(row.slowest / 1000).toFixed(1)} s`,
    )
    process.stdout.write(`\nseed ${SEED}\n${shown.join('\n')}\n`)
    expect(wrong).toEqual([])
  },
  3_600_000,
)

/** Rows are drawn before their points are looked for: that takes a run for each backend and vendor. */
function drawn(postgres: Postgres): Promise<WorkerCell[]> {
  const rows = WORKER_ROWS.filter((row) => `worker/${rowName(row)}`.includes(ONLY))
  return ALL
    ? workerCells(postgres, rows, SEED, EACH)
    : workerCells(postgres, shuffled(rows, createRandom(SEED)).slice(0, DRAW), SEED, 1)
}
