import type { SimMember } from '../types.ts'
import type { Call } from './call.ts'
import { Refusal } from './refusal.ts'

const MOST = 100

/** Where the next page begins: behind this row, and how many rows came before. */
interface Place {
  joinedAt: number
  joinSeq: number
  offset: number
}

const START: Place = { joinedAt: Number.NEGATIVE_INFINITY, joinSeq: -1, offset: 0 }

/** In order of join time, the only order of members that this vendor promises; the order of joining within a millisecond. */
export function byJoinTime(list: readonly SimMember[]): readonly SimMember[] {
  // Mostly it is in order already, and a large team is walked page by page.
  let last: SimMember | undefined
  for (const member of list) {
    if (last && compare(last, member) > 0) return list.toSorted(compare)
    last = member
  }
  return list
}

const compare = (a: Omit<Place, 'offset'>, b: Omit<Place, 'offset'>) => a.joinedAt - b.joinedAt || a.joinSeq - b.joinSeq

export interface Page {
  rows: readonly SimMember[]
  /** `has_more` and `next_token`. */
  end: { has_more: boolean; next_token?: string | null }
  offset: number
  page: number
}

/** One page of rows in order (or in the opposite one). `list` names the list: a token of another one is refused. */
export function pageOf(call: Call, rows: readonly SimMember[], list: string, descending = false): Page {
  const { query, quirks } = call
  const limit = Math.min(limitOf(query['limit']), quirks.pageCap)
  const ordered = descending ? rows.toReversed() : rows
  const place = readToken(query['page_token'] ?? '', list)
  let from: number
  if (quirks.offsetParam && /^\d{1,9}$/.test(query['offset'] ?? '')) from = Number(query['offset'])
  else if (place === START || quirks.tokens === 'offset') from = place.offset
  else {
    const behind = (member: SimMember) => (descending ? compare(member, place) < 0 : compare(member, place) > 0)
    from = ordered.findIndex(behind)
    if (from < 0) from = ordered.length
  }
  const shown = ordered.slice(from, from + limit)
  const offset = place === START ? from : place.offset
  const last = shown.at(-1)
  const more = quirks.stuckToken || from + shown.length < ordered.length
  const next = quirks.stuckToken || !last ? place : { ...at(last), offset: offset + shown.length }
  return {
    rows: shown,
    end: { has_more: more, ...(more ? { next_token: writeToken(next, list) } : lastToken(call)) },
    offset,
    page: Math.ceil(offset / limit),
  }
}

const at = ({ joinedAt, joinSeq }: SimMember) => ({ joinedAt, joinSeq })

function lastToken({ quirks }: Call): { next_token?: string | null } {
  if (quirks.lastToken === 'absent') return {}
  return { next_token: quirks.lastToken === 'null' ? null : '' }
}

/** How many rows come when nobody says how many is not documented. */
function limitOf(text = '10'): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MOST) throw new Refusal(414)
  return limit
}

/** `>>>` makes a plus sign in Base64: who does not escape the token sends a space. */
const writeToken = ({ joinedAt, joinSeq, offset }: Place, list: string): string =>
  Buffer.from(`>>>${JSON.stringify([list, Number.isFinite(joinedAt) ? joinedAt : null, joinSeq, offset])}`).toString(
    'base64',
  )

function readToken(token: string, list: string): Place {
  if (token === '') return START
  const text = Buffer.from(token, 'base64').toString('utf8')
  let fields: unknown
  try {
    fields = JSON.parse(text.slice(3))
  } catch {
    throw new Refusal(414)
  }
  const [name, joinedAt, joinSeq, offset]: unknown[] = Array.isArray(fields) ? fields : []
  if (!text.startsWith('>>>') || name !== list || typeof joinSeq !== 'number' || typeof offset !== 'number')
    throw new Refusal(414)
  return typeof joinedAt === 'number' ? { joinedAt, joinSeq, offset } : START
}
