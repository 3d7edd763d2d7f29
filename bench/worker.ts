// Syncs a source twice in a process of its own and tells its peak memory. Arguments: the simulator's URL, the database's.
import { readFileSync } from 'node:fs'
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
  peaks.push(peak())
  const { verdict, notes } = result as unknown as { verdict: string; notes: readonly string[] }
  if (verdict !== 'complete') throw new Error(`${verdict}: ${notes.join('; ')}`)
}
/** MB. Of a process made by a large one the kernel's own record begins with the size of its maker. */
function peak(): number {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}

process.stdout.write(`${JSON.stringify({ seconds, cpu, peaks })}\n`)
await one[Symbol.asyncDispose]()
await runs[Symbol.asyncDispose]()
await pool.end()
