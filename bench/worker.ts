// Syncs a source twice in a process of its own and tells its peak memory. Arguments: the simulator's URL, the database's.
import { growHeapSlowly } from '../src/cli/heap.ts'
import { createPool } from '../src/store/pool.ts'
import { createRuns } from '../src/store/runs.ts'
import { syncSource } from '../src/sync/sync-source.ts'
import { timed } from './stage.ts'
import { client } from './vendor.ts'

growHeapSlowly()
const [vendorUrl = '', databaseUrl = ''] = process.argv.slice(2)
const pool = createPool(databaseUrl, { max: 8 })
const runs = createRuns(pool)
const one = client(vendorUrl)
const log = { info: () => {}, warn: () => {} }
const seconds: number[] = []
const cpu: number[] = []
const peaks: number[] = []
for (let round = 0; round < 2; round++) {
  const before = process.cpuUsage()
  let result: Awaited<ReturnType<typeof syncSource>> | null = null
  seconds.push(
    await timed(async () => {
      result = await syncSource({ pool, runs, clock: one.clock, log }, one.source, {}, new AbortController().signal)
    }),
  )
  const { user, system } = process.cpuUsage(before)
  cpu.push((user + system) / 1e6)
  peaks.push(process.resourceUsage().maxRSS / 1024)
  const { verdict, notes } = result as unknown as { verdict: string; notes: readonly string[] }
  if (verdict !== 'complete') throw new Error(`${verdict}: ${notes.join('; ')}`)
}
process.stdout.write(`${JSON.stringify({ seconds, cpu, peaks })}\n`)
await one[Symbol.asyncDispose]()
await runs[Symbol.asyncDispose]()
await pool.end()
