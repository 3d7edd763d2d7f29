import { isLosslessNumber, parse } from 'lossless-json'
import type { Clock } from '../../core/clock.ts'
import { VendorError } from '../../core/errors.ts'
import type { GroupHint } from '../../core/group.ts'
import { isStorableId } from '../../core/text.ts'
import { countOf, isRaw, listOf } from '../raw.ts'
import { refuseRepeats, repeats } from '../repeats.ts'
import { COMMUNITY_REFUSED } from './codes.ts'
import { parseMember } from './parse-member.ts'
import type { Opened, Wire } from './wire.ts'
import { normalType } from './words.ts'

/** A list answers for the whole of `types`: null for all of them. */
export interface ListRules {
  readonly types: ReadonlySet<string> | null
  readonly clock: Clock
}

const ALL_LIMIT = 10_000
/** A fifth of what the documents allow: with the fields asked for, about 250 kB of the 1 MB an answer may have. */
const JOINED_LIMIT = 1000
/** How long a refused list of topic communities is left out. */
const COMMUNITY_OFF_MS = 3_600_000

/**
 * `get_appid_group_list` (T3.1, T-LIST22): every group of the app. `Next` is an unsigned 64-bit JSON number, beyond what a
 * double holds: its digits go back as they came. Throws `retry` when the list repeats a cursor.
 */
export async function* listGroups(wire: Wire, rules: ListRules, signal: AbortSignal): AsyncGenerator<GroupHint[]> {
  const type = onlyType(rules)
  const check = refuseRepeats(wire.caller.host, 'getAppidGroupList')
  for (let next = '0', limit = ALL_LIMIT; ; ) {
    const filter = type === null ? '' : `,"GroupType":${JSON.stringify(type)}`
    const ask = (size: number) =>
      wire.ask('getAppidGroupList', `{"Limit":${size},"Next":${next}${filter}}`, signal, (opened) => ({
        hints: listOf(succeeded(opened).body['GroupIdList']).flatMap((row) => hintOf(row, type)),
        next: nextOf(opened.answer.text),
      }))
    const page = await smaller(limit, ask)
    limit = page.limit
    if (page.value.hints.length > 0) yield page.value.hints
    next = page.value.next
    if (next === '0') return
    check(next)
  }
}

/**
 * `get_joined_group_list` (T3.2, S2): the groups of one account, AVChatRooms and not activated ones included; topic
 * communities come by a walk of their own, which is left out for an hour once the app refuses it.
 * Each hint carries the account's own membership where the list shows it, **without** name card, mute and custom fields.
 */
export function createJoinedGroups(wire: Wire, rules: ListRules) {
  let communityOffUntil = Number.NEGATIVE_INFINITY
  const { types, clock } = rules

  return async function* (account: string, signal: AbortSignal): AsyncGenerator<GroupHint[]> {
    const type = onlyType(rules)
    yield* joinedWalk(wire, rules, account, type === null ? {} : { GroupType: type }, signal)
    if ((types !== null && !types.has('Community')) || clock.now() < communityOffUntil) return
    try {
      yield* joinedWalk(wire, rules, account, { GroupType: 'Community', SupportTopic: 1 }, signal)
    } catch (error) {
      if (!(error instanceof VendorError) || !COMMUNITY_REFUSED.includes(Number(error.code))) throw error
      communityOffUntil = clock.now() + COMMUNITY_OFF_MS
    }
  }
}

async function* joinedWalk(wire: Wire, rules: ListRules, account: string, filter: object, signal: AbortSignal) {
  const seen = new Set<unknown>()
  for (let offset = 0, limit = JOINED_LIMIT; ; ) {
    const body = {
      Member_Account: account,
      WithHugeGroups: 1,
      WithNoActiveGroups: 1,
      ...filter,
      ResponseFilter: {
        GroupBaseInfoFilter: ['Type', 'MemberNum'],
        SelfInfoFilter: ['Role', 'JoinTime', 'MsgFlag', 'MsgSeq'],
      },
    }
    const ask = (size: number) =>
      wire.ask('getJoinedGroupList', JSON.stringify({ ...body, Limit: size, Offset: offset }), signal, (opened) => ({
        rows: listOf(succeeded(opened).body['GroupIdList']),
        total: countOf(opened.body['TotalCount']),
      }))
    const page = await smaller(limit, ask)
    limit = page.limit
    const { rows, total } = page.value
    const hints = rows.flatMap((row) => joinedHint(row, account, rules))
    if (hints.length > 0) yield hints
    offset += rows.length
    if (rows.length === 0 || (total === null ? rows.length < limit : offset >= total)) return
    // A list that gives the same rows for every offset has no end, whatever its total says and whatever the rows are.
    const before = seen.size
    for (const row of rows) seen.add(isRaw(row) ? row['GroupId'] : row)
    if (seen.size === before) throw repeats(wire.caller.host, 'getJoinedGroupList')
  }
}

function joinedHint(row: unknown, account: string, { types, clock }: ListRules): GroupHint[] {
  return hintOf(row, null).flatMap((hint) => {
    if (hint.type && types !== null && !types.has(hint.type)) return []
    const selfInfo = isRaw(row) ? row['SelfInfo'] : undefined
    if (!isRaw(selfInfo)) return [hint]
    const self = parseMember({ ...selfInfo, Member_Account: account }, { now: clock.now(), custom: undefined })
    return ['reason' in self ? hint : { ...hint, self }]
  })
}

function hintOf(row: unknown, listed: string | null): GroupHint[] {
  if (!isRaw(row)) return []
  const { GroupId: groupId, Type: type, MemberNum: count } = row
  if (typeof groupId !== 'string' || !isStorableId(groupId)) return []
  return [
    { groupId, type: typeof type === 'string' ? normalType(type) : listed, memberCount: countOf(count), known: true },
  ]
}

/** The one type that is wanted, null when there are several: the vendor's filter takes one. */
function onlyType({ types }: ListRules): string | null {
  const [only] = types ?? []
  return types?.size === 1 && only !== undefined ? only : null
}

/** Asks with half the limit for as long as the answer is refused as too large. */
async function smaller<T>(limit: number, ask: (limit: number) => Promise<T>): Promise<{ value: T; limit: number }> {
  for (;;) {
    try {
      return { value: await ask(limit), limit }
    } catch (error) {
      if (!(error instanceof VendorError) || error.fault !== 'tooBig' || limit === 1) throw error
      limit = Math.ceil(limit / 2)
    }
  }
}

/** The digits of `Next`, `0` for none. */
function nextOf(text: string): string {
  const body = parse(text)
  const next = isRaw(body) ? body['Next'] : undefined
  const digits = isLosslessNumber(next) ? next.toString() : next
  return typeof digits === 'string' && /^[1-9]\d{0,19}$/.test(digits) ? digits : '0'
}

function succeeded(opened: Opened): Opened {
  if (opened.code !== 0) throw opened.refusal()
  return opened
}
