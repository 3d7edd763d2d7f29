import { wrongSums } from '../support/facts.ts'
import { overlaps, type Rig, shownRoll, trueRoll } from '../support/rig.ts'

/** What must never be, whatever was done to the run before; an empty list is a pass. */
export async function violations(rig: Rig): Promise<string[]> {
  const found: string[] = []
  const overlapping = await overlaps(rig.pool)
  if (overlapping > 0) found.push(`${overlapping} stays overlap`)
  for (const sum of await wrongSums(rig.pool)) found.push(`a kept sum is wrong: ${text(sum)}`)
  for (const leave of await falseLeaves(rig)) found.push(`a leave that never was: ${text(leave)}`)
  return [...found, ...(await changesOutOfStep(rig))]
}

/** After an undisturbed sync: what is shown is the truth, and the changes give it when they are played from nothing. */
export async function notExact(rig: Rig): Promise<string[]> {
  const [shown, truth] = [text(await shownRoll(rig.pool)), text(trueRoll(rig))]
  const found = shown === truth ? [] : [`shown ${firstDifference(shown, truth)}`]
  return [...found, ...(await violations(rig))]
}

/** Bigints and key order do not matter here. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return String(inner)
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner) || inner instanceof Date) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })

function firstDifference(shown: string, truth: string): string {
  let at = 0
  while (shown[at] === truth[at]) at++
  return `${shown.slice(Math.max(0, at - 60), at + 60)} and true ${truth.slice(Math.max(0, at - 60), at + 60)}`
}

/** Recorded leaves that no leave and no end of a group in the world stands behind, each real one used once. */
async function falseLeaves({ pool, world }: Rig): Promise<unknown[]> {
  const { rows } = await pool.query<{ group_id: string; account_id: string; not_before: Date; not_after: Date }>(
    `SELECT group_id, account_id, not_before, not_after FROM rollcall.member_changes WHERE kind = 'left' ORDER BY at, id`,
  )
  const real = new Map<string, number[]>()
  const ends = new Map<string, number[]>()
  for (const event of world.events) {
    if (event.op === 'group.dissolve') ends.set(event.group, [...(ends.get(event.group) ?? []), event.t])
    if (event.op !== 'member.leave') continue
    const key = JSON.stringify([event.group, event.account])
    real.set(key, [...(real.get(key) ?? []), event.t])
  }
  return rows.filter(({ group_id, account_id, not_before, not_after }) => {
    // The vendors' join times are whole seconds, so the last bound may be a second early.
    const within = (t: number) => t >= not_before.getTime() && t <= not_after.getTime() + 1000
    const times = real.get(JSON.stringify([group_id, account_id])) ?? []
    const at = times.findIndex(within)
    if (at >= 0) times.splice(0, at + 1)
    return at < 0 && !(ends.get(group_id) ?? []).some(within)
  })
}

/** Joins and leaves of one member take turns, beginning with a join: a change written twice breaks the step. */
async function changesOutOfStep({ pool }: Rig): Promise<string[]> {
  const { rows } = await pool.query<{ group_id: string; account_id: string; kinds: string[] }>(
    `SELECT group_id, account_id, array_agg(kind ORDER BY id) AS kinds FROM rollcall.member_changes
     WHERE kind IN ('joined', 'left') GROUP BY 1, 2`,
  )
  const twice = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM (SELECT FROM rollcall.member_changes
       GROUP BY group_id, account_id, kind, at, old, new HAVING count(*) > 1) d`,
  )
  return [
    ...rows.flatMap(({ group_id, account_id, kinds }) =>
      kinds.some((kind, n) => kind !== (n % 2 === 0 ? 'joined' : 'left'))
        ? [`${account_id} of ${group_id}: ${kinds.join(', ')}`]
        : [],
    ),
    ...((twice.rows[0]?.n ?? 0) > 0 ? [`${twice.rows[0]?.n} changes are written twice`] : []),
  ]
}
