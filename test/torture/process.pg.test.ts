import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { realClock } from '../../src/simulator/clock.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { startEmbedded } from '../../src/store/embedded.ts'
import { createPool } from '../../src/store/pool.ts'
import { cloneDatabase } from '../support/database.ts'
import { DIALECTS } from '../support/dialects.ts'
import { overlaps, type Rig, shownRoll, trueRoll } from '../support/rig.ts'
import { generateInto } from '../support/worlds.ts'
import { postmaster } from './servers.ts'

/** The real program and the real server, killed with SIGKILL at seeded moments of a sync. Nobody helps afterwards. */

const SEED = Number(process.env['TORTURE_SEED'] ?? 11)
const KILLS = process.env['TORTURE'] === 'all' ? 20 : 3
const root = fileURLToPath(new URL('../../', import.meta.url))
const cwd = mkdtempSync(join(tmpdir(), 'rollcall-kill-'))
const random = createRandom(SEED)
const world = createWorld(realClock)
let sim: Simulator

beforeAll(async () => {
  generateInto(world, { groups: 40, members: 60, random }, DIALECTS.tencent)
  sim = await startSimulator({ apps: [DIALECTS.tencent.app(world, DIALECTS.tencent.smallPages)] })
  writeFileSync(
    join(cwd, 'rollcall.yaml'),
    `sources:\n  - { name: acme, vendor: tencent, baseUrl: "${sim.url}", sdkAppId: 1400000001, identifier: administrator,
      secretKey: ${DIALECTS.tencent.secrets[0]}, discover: { allGroups: true },
      limits: { getAppidGroupList: 1000, getGroupInfo: 10000, getGroupMemberInfo: 10000, getRoleInGroup: 10000 } }\n`,
  )
})
afterAll(async () => {
  await sim.close()
  rmSync(cwd, { recursive: true, force: true })
})

function start(env: Record<string, string>, ...args: string[]) {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(root, 'src/cli/main.ts'), ...args],
    {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: cwd, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let said = ''
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, said })),
  )
  return { child, ended }
}

/** Churn, so that each sync has something to write. */
function churn(): void {
  for (const group of [...world.groups.values()]) {
    const ids = [...group.members.values()].filter(({ role }) => role === 'Member').map(({ accountId }) => accountId)
    if (ids.length > 3) world.leave(group.groupId, random.pick(ids))
    world.join(group.groupId, `new${random.int(1e9)}`)
  }
}

/** After the first call to the vendor there is something to interrupt. */
async function untilCalling(): Promise<void> {
  sim.clearSeen()
  for (let look = 0; sim.seen.length === 0 && look < 3000; look++) await sleep(10)
}

test(`SIGKILL of the program, ${KILLS} times`, async () => {
  const { url, pool } = await cloneDatabase()
  const env = { DATABASE_URL: url }
  expect(await start(env, 'sync').ended).toMatchObject({
    code: 0,
    said: expect.stringContaining('complete') as unknown,
  })
  for (let kill = 0; kill < KILLS; kill++) {
    churn()
    const { child, ended } = start(env, 'sync')
    await untilCalling()
    await sleep(random.int(400))
    child.kill('SIGKILL')
    await ended
    expect(await overlaps(pool)).toBe(0)
  }
  const { code, said } = await start(env, 'sync').ended
  expect([code, said]).toEqual([0, expect.stringContaining('complete')])
  expect(await shownRoll(pool)).toEqual(trueRoll({ world } as Rig))
  const { rows } = await pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM rollcall.runs WHERE finished_at IS NULL',
  )
  expect(rows).toEqual([{ n: 0 }])
}, 900_000)

test(`SIGKILL of the embedded PostgreSQL under the program, ${KILLS} times`, async () => {
  const dataDir = join(cwd, 'data')
  const env = { ROLLCALL_DATA_DIR: dataDir }
  expect(await start(env, 'sync').ended).toMatchObject({
    code: 0,
    said: expect.stringContaining('complete') as unknown,
  })
  for (let kill = 0; kill < KILLS; kill++) {
    churn()
    const { ended } = start(env, 'sync')
    await untilCalling()
    await sleep(random.int(250))
    const pid = postmaster(dataDir)
    if (pid !== null) process.kill(pid, 'SIGKILL')
    const { code, said } = await ended
    // Too late is complete; in time is a sentence of the database's, and no trace of the program.
    expect([0, 1]).toContain(code)
    expect(said).not.toContain('failed in a way it should not')
  }
  expect(await start(env, 'sync').ended).toMatchObject({
    code: 0,
    said: expect.stringContaining('complete') as unknown,
  })
  await using server = await startEmbedded({ dataDir })
  const pool = createPool(server.url, { max: 2 })
  expect(await shownRoll(pool)).toEqual(trueRoll({ world } as Rig))
  expect(await overlaps(pool)).toBe(0)
  await pool.end()
}, 900_000)
