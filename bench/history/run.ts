// Fills a database with two years of history and measures the reports on it:
//   npx tsx bench/history/run.ts [share, default 0.1] [folder of the results, default bench/results] [data folder]
// A data folder is kept, and measured again without being filled anew; export.ts wants one.
import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { scaleOf } from './generate.ts'
import { measure, type Measured, MEASURES, weigh } from './measure.ts'
import { openHistory } from './open.ts'

const share = Number(process.argv[2] ?? 0.1)
const results = process.argv[3] ?? 'bench/results'
const say = (text: string) => process.stderr.write(`${text}\n`)
await using history = await openHistory(share, process.argv[4] ?? null, say)
const loadBefore = loadavg()
const measured: Measured[] = []
for (const one of MEASURES) {
  measured.push(await measure(history.pool, one))
  say(`${one.what}: ${measured.at(-1)?.ms.toFixed(1)} ms`)
}
const sizes = await weigh(history.pool)
const load = { before: loadBefore, after: loadavg() }
mkdirSync(results, { recursive: true })
const shown = { share, ...scaleOf(share), node: process.version, load, sizes, measured }
writeFileSync(join(results, `history-${share}.json`), `${JSON.stringify(shown, null, 2)}\n`)
