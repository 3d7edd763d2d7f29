import { type RawRecord, RecordFault } from './record.ts'

interface Group {
  readonly roles: Map<string, unknown>
  line: number
}

/**
 * A timeline (events in the order of time) as snapshots: a group as it stood after each second in which something befell it, and every
 * group that stands after the last second of the file.
 */
export async function* timelineRecords(events: AsyncIterable<RawRecord>): AsyncGenerator<RawRecord> {
  const groups = new Map<string, Group>()
  const touched = new Set<string>()
  let now: number | null = null
  let first = true
  for await (const { line, fields } of events) {
    const header = first && fields['op'] === undefined
    first = false
    if (header) continue
    const { t } = fields
    if (typeof t !== 'number' || !Number.isFinite(t))
      throw new RecordFault(line, 't is no number of seconds since 1970')
    if (now !== null && t < now) throw new RecordFault(line, 't goes back: a timeline is in the order of time')
    if (now !== null && t > now) {
      yield* snapshots(groups, touched, now)
      touched.clear()
    }
    now = t
    touched.add(apply(groups, line, fields))
  }
  if (now === null) return
  for (const group of groups.keys()) touched.add(group)
  yield* snapshots(groups, touched, now)
}

function* snapshots(groups: Map<string, Group>, touched: Set<string>, t: number): Generator<RawRecord> {
  for (const group of touched) {
    const { roles, line } = groups.get(group) ?? { roles: new Map<string, unknown>(), line: 0 }
    const of = { group, taken_at: t, count: roles.size }
    if (roles.size === 0) yield { line, fields: of }
    for (const [account, role] of roles) yield { line, fields: { ...of, account, role } }
  }
}

/** Applies one event; returns its group. */
function apply(groups: Map<string, Group>, line: number, fields: Readonly<Record<string, unknown>>): string {
  const { op, group, account, role } = fields
  if (typeof group !== 'string' || group === '') throw new RecordFault(line, 'has no group')
  const known = groups.get(group) ?? { roles: new Map<string, unknown>(), line }
  known.line = line
  groups.set(group, known)
  const { roles } = known
  if (op === 'group.create' || op === 'group.update') return group
  if (op === 'group.dissolve') {
    roles.clear()
    return group
  }
  if (typeof account !== 'string' || account === '') throw new RecordFault(line, 'has no account')
  const inside = roles.has(account)
  if (op === 'member.join' && !inside) roles.set(account, role)
  else if (op === 'member.role' && inside) roles.set(account, role)
  else if (op === 'member.leave' && inside) roles.delete(account)
  else
    throw new RecordFault(
      line,
      op === 'member.join'
        ? `${account} joins ${group} and is in it already`
        : op === 'member.role' || op === 'member.leave'
          ? `${account} is not in ${group}`
          : `op is ${JSON.stringify(op)}: a timeline has group.create, group.update, group.dissolve, member.join, member.role, member.leave`,
    )
  return group
}
