import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { playTimeline } from '../../src/simulator/player.ts'
import { loadTimeline } from '../../src/simulator/timeline.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { createRig, overlaps, rowPlaces, shownRoll, trueRoll } from '../support/rig.ts'

const DATA = new URL('../../../shared/data/', import.meta.url)
const files = existsSync(DATA) ? readdirSync(DATA).filter((name) => name.endsWith('.jsonl.gz')) : []
if (files.length === 0) console.warn('the timelines in ../shared/data are absent: their replay is skipped')

const CHECKPOINTS = 24
/** Yunxin has no list of all teams: every sync asks every account, and one timeline takes as long as four of the others. */
const IN_BRIEF: Readonly<Partial<Record<string, readonly string[]>>> = {
  yunxin: ['istio.jsonl.gz', 'kubeflow.jsonl.gz'],
}
const ALL = process.env.TIMELINES === 'all'

describe.skipIf(files.length === 0).each(VENDORS)('real timelines, replayed as %s tells them', (vendor) => {
  const { mapGroup, types } = DIALECTS[vendor]
  test.each(files.filter((file) => ALL || (IN_BRIEF[vendor]?.includes(file) ?? true)))(
    '%s: every sync equals the truth, and every moment can be asked for afterwards',
    async (file) => {
      const timeline = loadTimeline(new URL(file, DATA))
      const times = [...new Set(timeline.events.map((event) => event.t))]
      await using rig = await createRig({ vendor, start: (times[0] ?? 0) * 1000 })
      const player = playTimeline(timeline, rig.world, { clock: rig.clock, mapGroup, type: types[0] ?? '' })
      const stops = Array.from(
        { length: CHECKPOINTS },
        (_, i) => times[Math.floor(((i + 1) * (times.length - 1)) / CHECKPOINTS)] ?? 0,
      )
      const checkpoints: { at: number; truth: ReturnType<typeof trueRoll> }[] = []
      for (const stop of stops) {
        player.playUntil(stop)
        const result = await rig.sync({ afterMs: 1 })
        expect(result).toMatchObject({ verdict: 'complete', error: null, notes: [] })
        const truth = trueRoll(rig)
        expect(await shownRoll(rig.pool)).toEqual(truth)
        checkpoints.push({ at: rig.clock.now(), truth })
      }
      expect(checkpoints.length).toBeGreaterThanOrEqual(20)
      expect(player.nextT).toBeNull()

      const places = await rowPlaces(rig.pool)
      const changes = 'SELECT count(*)::int AS n FROM rollcall.member_changes'
      const before = await rig.pool.query(changes)
      const quiet = await rig.sync()
      expect(quiet.members).toMatchObject({ joined: 0, left: 0, changed: 0 })
      expect(quiet.groups.unchanged).toBe(quiet.groups.complete)
      expect((await rig.pool.query(changes)).rows).toEqual(before.rows)
      expect(await rowPlaces(rig.pool)).toBe(places)

      expect(await overlaps(rig.pool)).toBe(0)
      for (const { at, truth } of checkpoints) expect(await rollAt(rig.pool, at)).toEqual(truth)
      expect(await replayed(rig.pool)).toEqual(membersOf(await shownRoll(rig.pool)))
    },
    180_000,
  )
})

type Roll = Awaited<ReturnType<typeof shownRoll>>

/** The roll of every group that stood at a moment, by members_at, with the names of then. */
async function rollAt(pool: Parameters<typeof shownRoll>[0], at: number): Promise<Roll> {
  const { rows } = await pool.query<{ group_id: string; name: string; account_id: string | null; role: string }>(
    `SELECT g.group_id, coalesce(renamed.old ->> 'name', g.name) AS name, m.account_id, m.role
     FROM rollcall.current_groups g
     LEFT JOIN LATERAL (
       SELECT old FROM rollcall.group_changes c
       WHERE c.source = g.source AND c.group_id = g.group_id AND c.kind = 'renamed' AND c.at > $1 ORDER BY c.id LIMIT 1
     ) renamed ON true
     LEFT JOIN LATERAL rollcall.members_at(g.source, g.group_id, $1) m ON true
     WHERE g.first_seen_at <= $1 AND (g.dissolved_at IS NULL OR g.dissolved_at > $1)`,
    [new Date(at)],
  )
  const roll: Roll = {}
  for (const { group_id, name, account_id, role } of rows) {
    roll[group_id] ??= { name, members: {} }
    if (account_id !== null) roll[group_id].members[account_id] = role
  }
  return roll
}

/** The changes, in order of their ids, applied to nothing. */
async function replayed(pool: Parameters<typeof shownRoll>[0]): Promise<Record<string, Record<string, string>>> {
  const { rows } = await pool.query<{
    group_id: string
    account_id: string
    kind: string
    new: { role?: string } | null
  }>('SELECT group_id, account_id, kind, new FROM rollcall.member_changes ORDER BY id')
  const groups: Record<string, Record<string, string>> = {}
  for (const { group_id, account_id, kind, new: now } of rows) {
    groups[group_id] ??= {}
    const group = groups[group_id]
    if (kind === 'left') delete group[account_id]
    else if (now?.role !== undefined) group[account_id] = now.role
  }
  return Object.fromEntries(Object.entries(groups).filter(([, members]) => Object.keys(members).length > 0))
}

function membersOf(roll: Roll): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(roll)
      .map(([id, { members }]) => [id, members] as const)
      .filter(([, members]) => Object.keys(members).length > 0),
  )
}
