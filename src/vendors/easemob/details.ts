import { VendorError } from '../../core/errors.ts'
import type { Fault } from '../../core/errors.ts'
import type { Group, GroupAnswer, GroupHint } from '../../core/group.ts'
import type { Member } from '../../core/member.ts'
import { isRaw } from '../raw.ts'
import { parseGroup } from './parse-group.ts'
import { parseMembers } from './parse-member.ts'
import { concerns } from './refusal.ts'
import type { AccountOf } from './words.ts'
import { groupIdOf } from './words.ts'
import type { Wire } from './wire.ts'

/**
 * Details of up to 100 groups (E3.3). Where a batch tells of a group that is missing no document shows: whoever has no
 * element of its own is `missing`, and only the answer to that one id alone says more.
 *
 * The `affiliations` that come along show who is in, but neither admins nor mutes nor join times: they are the roster,
 * which the overlay and the member pages complete. A group of nobody proves itself: `[]`.
 */
export async function details(
  wire: Wire,
  accountOf: AccountOf,
  batch: readonly GroupHint[],
  signal: AbortSignal,
): Promise<readonly GroupAnswer[]> {
  const ids = [...new Set(batch.map(({ groupId }) => groupId))]
  const [first] = ids
  if (first === undefined) return []
  const path = `/chatgroups/${ids.map(encodeURIComponent).join(',')}`
  const alone = ids.length === 1
  try {
    return await wire.ask('groupDetails', path, alone ? { groupId: first } : {}, signal, (opened) =>
      judgeAll(ids, opened.rows('data'), accountOf),
    )
  } catch (error) {
    if (!(error instanceof VendorError)) throw error
    if (!alone && MAY_BE_ONE.has(error.fault)) return ids.map((groupId) => ({ kind: 'missing', groupId }))
    const kind = alone ? ALONE[error.fault] : undefined
    if (kind === undefined) throw error
    return [{ kind, groupId: first, reason: error.message }]
  }
}

/** Faults of one group that may have failed its whole batch: each is to be asked alone. */
const MAY_BE_ONE: ReadonlySet<Fault> = new Set(['gone', 'badId', 'memberGone', 'accountGone', 'forbidden', 'bug'])

const ALONE: Readonly<Partial<Record<Fault, 'gone' | 'forbidden' | 'failed'>>> = {
  gone: 'gone',
  badId: 'gone', // on this very path there is nothing but the group
  forbidden: 'forbidden',
  memberGone: 'failed',
  accountGone: 'failed',
  bug: 'failed',
}

function judgeAll(ids: readonly string[], rows: readonly unknown[], accountOf: AccountOf): GroupAnswer[] {
  const answers = new Map<string, GroupAnswer>(ids.map((groupId) => [groupId, { kind: 'missing', groupId }]))
  const [only] = ids.length === 1 ? ids : []
  for (const row of rows) {
    const groupId = isRaw(row) ? groupIdOf(row) : undefined
    const says = complaint(row)
    if (isRaw(row) && groupId !== undefined && says === null) {
      if (answers.get(groupId)?.kind === 'missing') answers.set(groupId, judge(groupId, row, accountOf))
    } else if (only !== undefined && (groupId ?? only) === only && says !== null && NOT_THERE.test(says)) {
      if (groupId === only || concerns(says, only)) answers.set(only, { kind: 'badId', groupId: only, reason: says })
    }
  }
  return [...answers.values()]
}

const NOT_THERE = /(doesn['’]?t|does not|not) exist|not[ _]found/i

/** What an element says instead of a group, null for one that is a group. */
function complaint(row: unknown): string | null {
  if (typeof row === 'string') return row.slice(0, 200)
  if (!isRaw(row)) return ''
  const { error, error_description: text } = row
  if (typeof error !== 'string') return null
  return (typeof text === 'string' ? `${error}: ${text}` : error).slice(0, 200)
}

function judge(groupId: string, row: Readonly<Record<string, unknown>>, accountOf: AccountOf): GroupAnswer {
  const group = parseGroup(row, accountOf)
  if (typeof group === 'string') return { kind: 'failed', groupId, reason: group }
  const roster = rosterOf(row['affiliations'], group, accountOf)
  const members = group.memberCount === 0 ? [] : null
  return { kind: 'found', group, members, bad: [], ...(roster === null ? {} : { roster }) }
}

/** Everybody in the group, where the rows that came along are as many as the count beside them. */
function rosterOf(rows: unknown, group: Group, accountOf: AccountOf): readonly Member[] | null {
  if (!Array.isArray(rows) || rows.length === 0) return null
  const { rows: members, bad } = parseMembers(rows, group.ownerId, accountOf)
  const unique = new Map(members.map((member) => [member.accountId, member]))
  return bad.length === 0 && unique.size === group.memberCount ? [...unique.values()] : null
}
