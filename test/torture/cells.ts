import type { VendorKind } from '../../src/core/endpoints.ts'
import { createRuns } from '../../src/store/runs.ts'
import { syncSource } from '../../src/sync/sync-source.ts'
import { createVendor } from '../../src/vendors/index.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { FAULTS, MIXED, TRANSPORT } from './faults.ts'
import { notExact, violations } from './oracle.ts'
import { type Blow, instrument } from './points.ts'
import { createScene, type Scene, seedOf } from './scene.ts'

/** One way to go wrong: what is done to one sync, and what must hold after it and after an undisturbed one. */
export interface Cell {
  /** `tencent/fault/60008/once`, `yunxin/kill/sql:COMMIT:before#3`, … */
  readonly name: string
  /** The row of the table it counts in. */
  readonly row: string
  /** What is wrong; empty for a pass. */
  play(seed: number): Promise<string[]>
}

export const faultCells = (): Cell[] => VENDORS.flatMap((vendor) => [...single(vendor), ...mixed(vendor)])

function single(vendor: VendorKind): Cell[] {
  const { passing, stop, local } = FAULTS[vendor]
  return [
    ...[...passing, ...TRANSPORT].map((code) =>
      faultCell(vendor, `${code}/once`, async (scene) => {
        scene.rig.sim.addFault({ name: code, times: 1 })
        const result = await scene.rig.sync()
        const struck = Object.values(scene.rig.sim.counts()).some((answers) => (answers[answerOf(code)] ?? 0) > 0)
        return [
          ...(struck ? [] : [`${code} never struck`]),
          ...(result.verdict === 'complete'
            ? []
            : [`${result.verdict} after it struck once: ${result.notes.join('; ')}`]),
        ]
      }),
    ),
    ...[...passing, ...TRANSPORT, ...stop, ...local].map((code) =>
      faultCell(vendor, `${code}/always`, async (scene) => {
        scene.rig.sim.addFault({ name: code })
        const before = scene.rig.sim.seen.length
        const { verdict, members, error } = await scene.rig.sync()
        const asked = scene.rig.sim.seen.length - before
        return [
          ...(verdict === 'failed' ? [] : [`${verdict} though every call failed`]),
          ...(members.left + members.joined === 0 ? [] : ['something was written']),
          ...(stop.includes(code) && (error === null || asked > 60) ? [`${asked} calls and "${error}" at a stop`] : []),
        ]
      }),
    ),
    ...[...passing, ...TRANSPORT, ...local].map((code) =>
      faultCell(vendor, `${code}/one-group`, async (scene) => {
        const group = [...scene.rig.world.groups.values()].find(({ dissolvedAt }) => dissolvedAt === null)
        scene.rig.sim.addFault({ name: code, groupId: group?.groupId ?? '', endpoint: MEMBERS[vendor] })
        const { verdict, groups } = await scene.rig.sync()
        // The details of one group may prove its roll without a call for its members: then nothing struck.
        const unharmed = groups.complete + groups.gone
        if (ENDS_ALL.includes(code)) return []
        if (verdict === 'failed') return ['failed for the sake of one group']
        const harmed = groups.seen - unharmed
        return harmed <= 1 ? [] : [`${harmed} groups are not complete for the sake of one`]
      }),
    ),
  ]
}

const MEMBERS = { tencent: 'getGroupMemberInfo', easemob: 'groupMembers', yunxin: 'teamMembers' } as const
/** A credential refused again and again, or a door that stays shut, concerns every call: the run ends where it is. */
const ENDS_ALL: readonly string[] = [
  ...['60004', '60005', '70001', '70002', '70003', '70005', '70051', '70052', '70050'],
  ...['unauthorized', 'no_token', 'bad_token', '414'],
]

/** As the simulator counts it. */
const answerOf = (code: string): string =>
  ({
    no_token: 'unauthorized',
    bad_token: 'auth_bad_access_token',
    timeout408: 'request_timeout',
    limit503: 'service_unavailable',
    http504: 'gateway_timeout',
  })[code] ?? code

function mixed(vendor: VendorKind): Cell[] {
  return [5, 15, 30].map((percent) =>
    faultCell(vendor, `mixed-${percent}%`, async (scene) => {
      const names = MIXED(vendor)
      for (const name of names) scene.rig.sim.addFault({ name, rate: percent / 100 / names.length })
      const found: string[] = []
      for (let n = 0; n < 3; n++) {
        const { verdict, groups } = await scene.rig.sync()
        found.push(...(await violations(scene.rig)))
        if (verdict === 'complete' && groups.partial + groups.failed > 0)
          found.push('complete with groups that are not')
        scene.churn()
      }
      return found
    }),
  )
}

/** An adapter that was told that an app has no super teams believes it for an hour. */
const FORGOTTEN_MS = 3_700_000

/** A crash has no answers that are late on purpose: what comes late here is a busy machine. */
const PATIENT_MS = 5_000

function faultCell(vendor: VendorKind, what: string, strike: (scene: Scene) => Promise<string[]>): Cell {
  const name = `${vendor}/fault/${what}`
  return {
    name,
    row: `${vendor} faults, ${what.replace(/^.*\//, '').replace(/-.*%$/, '')}`,
    async play(seed) {
      const scene = await createScene(vendor, seedOf(seed, name))
      await using _ = scene.rig
      const found = await strike(scene)
      found.push(...(await violations(scene.rig)))
      scene.rig.sim.clearFaults()
      const { verdict, notes } = await scene.rig.sync({ afterMs: FORGOTTEN_MS })
      return [
        ...found,
        ...(verdict === 'complete' ? [] : [`${verdict} when undisturbed: ${notes.join('; ')}`]),
        ...(await notExact(scene.rig)),
      ]
    },
  }
}

/** The points of a run, found by playing it once with nothing broken. */
export async function crashCells(seed: number): Promise<Cell[]> {
  const cells: Cell[] = []
  for (const vendor of VENDORS) {
    const scene = await createScene(vendor, seedOf(seed, vendor), PATIENT_MS)
    await using _ = scene.rig
    const { passed } = await broken(scene, null)
    for (const at of passed) for (const how of ['kill', 'cut'] as const) cells.push(crashCell(vendor, { at, how }))
  }
  return cells
}

export function crashCell(vendor: VendorKind, blow: Blow): Cell {
  const name = `${vendor}/${blow.how}/${blow.at}`
  return {
    name,
    row: `${vendor} ${blow.how === 'kill' ? 'process killed' : 'connections cut'}`,
    async play(seed) {
      const scene = await createScene(vendor, seedOf(seed, vendor), PATIENT_MS)
      await using _ = scene.rig
      await broken(scene, blow)
      const found = await violations(scene.rig)
      scene.rig.clock.advance(60_000)
      const { verdict, notes } = await scene.rig.sync()
      const open = await scene.rig.pool.query('SELECT FROM rollcall.runs WHERE finished_at IS NULL')
      return [
        ...found,
        ...(verdict === 'complete' ? [] : [`${verdict} when undisturbed: ${notes.join('; ')}`]),
        ...(open.rowCount === 0 ? [] : ['a run of a killed process stays open']),
        ...(await notExact(scene.rig)),
      ]
    },
  }
}

/** One sync over wrapped seams. What it throws is the blow's doing, and said so in `error`. */
async function broken({ rig }: Scene, blow: Blow | null) {
  const points = instrument(rig.url, rig.transport.send, blow)
  const runs = createRuns(points.pool)
  const config = DIALECTS[rig.app.vendor].config(rig.sim.url)
  const vendor = createVendor(config, { send: points.send, clock: rig.deps.clock })
  rig.clock.advance(60_000)
  let error: unknown = null
  try {
    const deps = { ...rig.deps, pool: points.pool, runs, concurrency: 1 }
    await syncSource(deps, { ...rig.source, vendor }, {}, new AbortController().signal)
  } catch (thrown) {
    error = thrown
  }
  await points.end()
  if (blow === null && error !== null) throw error
  return { passed: [...points.passed], error }
}
