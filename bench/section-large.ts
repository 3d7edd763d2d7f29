import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Section } from './figures.ts'
import { median, type Stage } from './stage.ts'
import { serve } from './vendor.ts'

interface Told {
  readonly seconds: readonly number[]
  readonly cpu: readonly number[]
  readonly peaks: readonly number[]
}

/** Target 5: one very large group in a worker of its own, beside as many members in groups of 10,000. */
export async function measureLarge(stage: Stage, members: number, rounds: number): Promise<Section> {
  await build()
  const large: Told[] = []
  const usual: Told[] = []
  const worlds = {
    large: { groups: 1, sizes: [members] },
    usual: { groups: Math.ceil(members / 10_000), sizes: [10_000] },
  }
  for (let round = 0; round < rounds; round++) {
    large.push(await inWorker(stage, { even: worlds.large }))
    usual.push(await inWorker(stage, { even: worlds.usual }))
  }
  const ratio = (sync: 0 | 1) =>
    median(large.map((told, round) => (told.seconds[sync] ?? 0) / (usual[round]?.seconds[sync] ?? 0)))
  const peak = (sync: 0 | 1) => median(large.map(({ peaks }) => peaks[sync] ?? 0))
  const each = (sync: 0 | 1) => (1e6 * median(large.map(({ seconds }) => seconds[sync] ?? 0))) / members
  return {
    title: `One group of ${members.toLocaleString('en')} members, a worker of its own, median of ${rounds}`,
    figures: [
      { name: '5 peak memory, first read', value: peak(0), unit: 'MB', digits: 0, atMost: 250 },
      { name: '5 peak memory, unchanged read after it', value: peak(1), unit: 'MB', digits: 0, atMost: 250 },
      { name: 'first read', value: each(0), unit: 'µs a member', digits: 1 },
      { name: 'unchanged read', value: each(1), unit: 'µs a member', digits: 1 },
      { name: '5 first read ÷ groups of 10,000', value: ratio(0), unit: '×', atMost: 1.3 },
      { name: '5 unchanged ÷ groups of 10,000', value: ratio(1), unit: '×', atMost: 1.3 },
      {
        name: 'peak memory with groups of 10,000',
        value: median(usual.map(({ peaks }) => peaks[1] ?? 0)),
        unit: 'MB',
        digits: 0,
      },
    ],
  }
}

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const built = `${root}node_modules/.cache/rollcall-bench/`

/** The worker as it is shipped: compiled, without the memory of a compiler beside it. */
export async function build(): Promise<void> {
  await run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}bench/tsconfig.json`]).catch(
    (error: unknown) => {
      // Types are the business of `npm run types`; what matters here is that the program is there.
      process.stderr.write(`${String((error as { stdout?: string }).stdout).slice(0, 500)}\n`)
    },
  )
  cpSync(`${root}src/store/sql`, `${built}src/store/sql`, { recursive: true })
}

export async function inWorker(stage: Stage, world: object): Promise<Told> {
  await using server = await serve(world)
  const pool = await stage.database()
  const { stdout } = await run(process.execPath, [
    `${built}bench/worker.js`,
    server.url,
    pool.options.connectionString ?? '',
  ])
  await stage.drop(pool)
  return JSON.parse(stdout) as Told
}
