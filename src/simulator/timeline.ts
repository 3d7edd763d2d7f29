import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { SimRole } from './types.ts'

/** One event of a recorded history, `t` in unix seconds, never decreasing. */
export type TimelineEvent =
  | { t: number; op: 'group.create'; group: string; gen: number; name: string; description: string }
  | { t: number; op: 'group.update'; group: string; set: { name?: string; description?: string } }
  | { t: number; op: 'group.dissolve'; group: string }
  | { t: number; op: 'member.join' | 'member.role'; group: string; account: string; role: SimRole }
  | { t: number; op: 'member.leave'; group: string; account: string }

export interface Timeline {
  events: readonly TimelineEvent[]
  first: number
  last: number
}

/** A fault of the file, with the line it stands in. */
export class TimelineError extends Error {
  override name = 'TimelineError'
  readonly line: number
  constructor(line: number, wrong: string) {
    super(`line ${line}: ${wrong}`)
    this.line = line
  }
}

/** Reads a timeline, JSON Lines, gzipped or not; the first line is a header. Throws TimelineError for the first fault. */
export function loadTimeline(path: string | URL): Timeline {
  const bytes = readFileSync(path)
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
  let text: string
  try {
    text = (packed ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (cause) {
    throw new Error(`${String(path)} is not whole: it cannot be unpacked`, { cause })
  }
  return parseTimeline(text)
}

export function parseTimeline(text: string): Timeline {
  const events: TimelineEvent[] = []
  const check = storyCheck()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const fields = parsed(index + 1, line)
    // The header has no event in it; a file without one is read as well.
    if (index === 0 && fields['op'] === undefined) continue
    const event = eventOf(index + 1, fields)
    check(index + 1, event)
    events.push(event)
  }
  return { events, first: events[0]?.t ?? 0, last: events.at(-1)?.t ?? 0 }
}

type Fields = Record<string, unknown>

function parsed(line: number, text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new TimelineError(line, 'not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TimelineError(line, 'not an object')
  return { ...value }
}

function eventOf(line: number, fields: Fields): TimelineEvent {
  const word = (name: string, from = fields): string => {
    const value = from[name]
    if (typeof value !== 'string') throw new TimelineError(line, `${name} is not a text`)
    return value
  }
  const id = (name: string): string => {
    if (word(name) === '') throw new TimelineError(line, `${name} is empty`)
    return word(name)
  }
  const { t, op, gen = 1 } = fields
  if (typeof t !== 'number' || !Number.isFinite(t)) throw new TimelineError(line, 't is not a number')
  const group = id('group')
  switch (op) {
    case 'group.create':
      if (typeof gen !== 'number' || !Number.isSafeInteger(gen))
        throw new TimelineError(line, 'gen is not a whole number')
      return { t, op, group, gen, name: word('name'), description: word('description') }
    case 'group.update': {
      const { set } = fields
      if (typeof set !== 'object' || set === null) throw new TimelineError(line, 'set is not an object')
      const changes: Fields = { ...set }
      return {
        t,
        op,
        group,
        set: {
          ...(changes['name'] !== undefined && { name: word('name', changes) }),
          ...(changes['description'] !== undefined && { description: word('description', changes) }),
        },
      }
    }
    case 'group.dissolve':
      return { t, op, group }
    case 'member.join':
    case 'member.role': {
      const role = word('role')
      if (role !== 'Owner' && role !== 'Admin' && role !== 'Member') throw new TimelineError(line, `no role ${role}`)
      return { t, op, group, account: id('account'), role }
    }
    case 'member.leave':
      return { t, op, group, account: id('account') }
    default:
      throw new TimelineError(line, `no op ${typeof op === 'string' ? op : JSON.stringify(op)}`)
  }
}

/** A history that contradicts itself is refused when it is read, so that playing it cannot stop halfway. */
function storyCheck() {
  const live = new Map<string, Set<string>>()
  const generations = new Map<string, number>()
  let now = Number.NEGATIVE_INFINITY
  return (line: number, event: TimelineEvent) => {
    const wrong = (what: string) => new TimelineError(line, `${event.op} of ${event.group}: ${what}`)
    if (event.t < now) throw wrong('time goes backwards')
    now = event.t
    const members = live.get(event.group)
    if (event.op === 'group.create') {
      const generation = (generations.get(event.group) ?? 0) + 1
      if (members) throw wrong('the group exists')
      if (event.gen !== generation) throw wrong(`generation ${event.gen}, not ${generation}`)
      generations.set(event.group, generation)
      live.set(event.group, new Set())
      return
    }
    if (!members) throw wrong('no such group')
    if (event.op === 'group.dissolve') live.delete(event.group)
    if (!('account' in event)) return
    if (members.has(event.account) === (event.op === 'member.join'))
      throw wrong(`${event.account} is ${event.op === 'member.join' ? 'a member already' : 'not a member'}`)
    if (event.op === 'member.join') members.add(event.account)
    if (event.op === 'member.leave') members.delete(event.account)
  }
}
