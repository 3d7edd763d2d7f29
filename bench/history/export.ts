// Exports every stay of a generated history, and says how much memory that took: one process a format.
//   npx tsx bench/history/export.ts csv|parquet [share, default 0.1] [folder of the results] [data folder of run.ts]
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ExportFormat, exportViews } from '../../src/store/export.ts'
import { openHistory } from './open.ts'

const format: ExportFormat = process.argv[2] === 'parquet' ? 'parquet' : 'csv'
const share = Number(process.argv[3] ?? 0.1)
const results = process.argv[4] ?? 'bench/results'
await using history = await openHistory(share, process.argv[5] ?? null, (text) => process.stderr.write(`${text}\n`))
const folder = mkdtempSync(join(tmpdir(), 'rollcall-export-'))
const file = join(folder, `stays.${format}`)
const began = Date.now()
let rows = 0
const ask = { names: ['membership_intervals'] as const, format, source: null, file: () => file }
for await (const one of exportViews(history.pool, ask)) rows = one.rows
const exported = {
  format,
  rows,
  seconds: (Date.now() - began) / 1000,
  megabytes: Math.round(statSync(file).size / 1e6),
  peakMegabytes: Math.round(peakBytes() / 1e6),
  node: process.version,
}
rmSync(folder, { recursive: true })
mkdirSync(results, { recursive: true })
writeFileSync(join(results, `history-${share}-${format}.json`), `${JSON.stringify(exported, null, 2)}\n`)
process.stderr.write(`${JSON.stringify(exported)}\n`)

/** The most memory this process has ever held, by the kernel's word (kB); elsewhere by Node's. */
function peakBytes(): number {
  try {
    const said = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))
    if (said !== null) return Number(said[1]) * 1024
  } catch {
    // no Linux
  }
  return process.resourceUsage().maxRSS * 1024
}
