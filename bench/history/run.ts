// Fills a database with two years of history and measures the reports on it:
//   npx tsx bench/history/run.ts [share, default 0.1] [folder of the results, default bench/results]
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { startEmbedded } from '../../src/store/embedded.ts'
import { type ExportFormat, exportViews } from '../../src/store/export.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createPool } from '../../src/store/pool.ts'
import { generate, scaleOf } from './generate.ts'
import { measure, type Measured, MEASURES, weigh } from './measure.ts'

const share = Number(process.argv[2] ?? 0.1)
const results = process.argv[3] ?? 'bench/results'
const say = (text: string) => process.stderr.write(`${text}\n`)
const folder = mkdtempSync(join(tmpdir(), 'rollcall-history-'))
try {
  await using server = await startEmbedded({
    dataDir: folder,
    settings: { fsync: 'off', max_wal_size: '16GB', shared_buffers: '1GB', work_mem: '64MB', jit: 'off' },
  })
  const pool = createPool(server.url, { max: 2 })
  try {
    await migrate(pool)
    await generate(pool, scaleOf(share), say)
    const measured: Measured[] = []
    for (const one of MEASURES.filter(({ sql }) => sql !== '')) {
      measured.push(await measure(pool, one))
      say(`${one.what}: ${measured.at(-1)?.ms.toFixed(1)} ms`)
    }
    const sizes = await weigh(pool)
    const exported: Exported[] = []
    const save = () => {
      mkdirSync(results, { recursive: true })
      const shown = { share, ...scaleOf(share), node: process.version, load: loadavg(), sizes, exported, measured }
      writeFileSync(join(results, `history-${share}.json`), `${JSON.stringify(shown, null, 2)}\n`)
    }
    save()
    for (const format of ['csv', 'parquet'] as const) {
      exported.push(await exportStays(pool, format))
      say(JSON.stringify(exported.at(-1)))
      save()
    }
  } finally {
    await pool.end()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

interface Exported {
  readonly format: ExportFormat
  readonly rows: number
  readonly seconds: number
  readonly megabytes: number
  readonly peakMegabytes: number
}

/** Every stay into a file; the most memory that this process has held meanwhile. */
async function exportStays(pool: Pool, format: ExportFormat): Promise<Exported> {
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50)
  const began = Date.now()
  const file = join(folder, `stays.${format}`)
  let count = 0
  const ask = { names: ['membership_intervals'] as const, format, source: null, file: () => file }
  for await (const { rows } of exportViews(pool, ask)) count = rows
  clearInterval(watch)
  const [megabytes, peakMegabytes] = [statSync(file).size, peak].map((bytes) => Math.round(bytes / 1e6))
  rmSync(file)
  return {
    format,
    rows: count,
    seconds: (Date.now() - began) / 1000,
    megabytes: megabytes ?? 0,
    peakMegabytes: peakMegabytes ?? 0,
  }
}
