import { VendorError } from '../../core/errors.ts'
import { isRaw, listOf } from '../raw.ts'
import type { Raw } from '../raw.ts'
import { NO_SUCH_TEAM, SUPER_TEAMS_OFF, WRONG_TYPE } from './codes.ts'
import type { Known } from './known.ts'
import { tidOf } from './team.ts'
import type { Team, TeamType } from './team.ts'
import { wholeOf } from './words.ts'
import type { Wire } from './wire.ts'

/** What the vendor says of one team when asked for it under one type. */
export type Word =
  | { readonly kind: 'found'; readonly raw: Raw }
  /** `absent`: 108404. `otherType`: 108302. `off`: 108311. `odd`: an answer that is about no team, or another one. */
  | { readonly kind: 'absent' | 'otherType' | 'off' | 'odd'; readonly reason: string }

const WORDS: Readonly<Record<string, 'absent' | 'otherType' | 'off'>> = {
  [NO_SUCH_TEAM]: 'absent',
  [WRONG_TYPE]: 'otherType',
  [SUPER_TEAMS_OFF]: 'off',
}

const OFF: Word = {
  kind: 'off',
  reason: 'super teams are not enabled for this app: enable them with the vendor, or set teamTypes: [1]',
}

/** `GET /teams/{id}` (Y3.3). The fields come in `data.team_info` or in `data` itself: the documents show both. */
export async function teamInfo(wire: Wire, known: Known, { type, tid }: Team, signal: AbortSignal): Promise<Word> {
  if (type === 2 && known.superOff()) return OFF
  try {
    return await wire.ask(
      {
        endpoint: 'teamInfo',
        path: `/im/v2.1/teams/${tid}?team_type=${type}`,
        read: (data) => wordOf(isRaw(data['team_info']) ? data['team_info'] : data, { type, tid }),
      },
      signal,
    )
  } catch (error) {
    if (!(error instanceof VendorError)) throw error
    const kind = WORDS[error.code]
    if (kind === undefined) throw error
    if (kind === 'off' && type === 2) known.superRefused()
    return { kind, reason: error.message }
  }
}

function wordOf(raw: Raw, { type, tid }: Team): Word {
  if (tidOf(raw['team_id']) !== tid)
    return { kind: 'odd', reason: `the answer for team ${tid} names another team, or none` }
  if (!isOfType(raw, type)) return { kind: 'otherType', reason: `team ${tid} is of another type than asked for` }
  return { kind: 'found', raw }
}

/** The elements of a batch answer by id, those the vendor calls invalid left out; null for what came twice. */
export function teamInfoBatch(
  wire: Wire,
  type: TeamType,
  tids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Raw | null>> {
  const ids = encodeURIComponent(`[${tids.join(',')}]`) // digits, as the vendor's SDK sends them (Y3.3)
  return wire.ask(
    {
      endpoint: 'teamInfoBatch',
      path: `/im/v2.1/teams?team_type=${type}&team_ids=${ids}`,
      read(data) {
        const found = new Map<string, Raw | null>()
        for (const raw of listOf(data['team_info_list'])) {
          const tid = isRaw(raw) ? tidOf(raw['team_id']) : null
          if (!isRaw(raw) || tid === null || !isOfType(raw, type)) continue
          found.set(tid, found.has(tid) ? null : raw)
        }
        for (const invalid of listOf(data['invalid_tids'])) {
          const tid = tidOf(invalid)
          if (tid !== null) found.delete(tid)
        }
        return found
      },
    },
    signal,
  )
}

function isOfType(raw: Raw, type: TeamType): boolean {
  const told = wholeOf(raw['team_type'])
  return told === null || told === type
}
