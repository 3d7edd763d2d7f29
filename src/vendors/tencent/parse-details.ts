import type { Group, GroupAnswer, GroupHint } from '../../core/group.ts'
import type { Fault } from '../../core/errors.ts'
import type { BadRecord, Member } from '../../core/member.ts'
import type { Raw } from '../raw.ts'
import { parseGroup } from './parse-group.ts'
import { parseMembers } from './parse-member.ts'
import type { MemberRules } from './parse-member.ts'
import { explain, faultOf } from './refusal.ts'
import type { Caller } from './refusal.ts'
import { codeOf } from './wire.ts'

export interface DetailsRules extends MemberRules {
  readonly caller: Caller
  /** The custom fields of groups to keep. */
  readonly groupCustom: ReadonlySet<string>
}

/**
 * Gives every asked group its one answer out of the elements of `GroupInfo`, in any order (T3.3): each by its own
 * `ErrorCode`. What is not answered is `missing`; what is answered in two ways is `failed`.
 */
export function judgeAll(batch: readonly GroupHint[], elements: readonly Raw[], rules: DetailsRules): GroupAnswer[] {
  const answers = new Map<string, GroupAnswer | null>(batch.map(({ groupId }) => [groupId, null]))
  for (const element of elements) {
    const groupId = element['GroupId']
    if (typeof groupId !== 'string') continue
    const before = answers.get(groupId)
    if (before === undefined) continue // not asked for
    const answer = judge(groupId, element, rules)
    if (before === null) answers.set(groupId, answer)
    else if (before.kind !== answer.kind) answers.set(groupId, failed(groupId, 'answered twice, in different ways'))
  }
  return Array.from(answers, ([groupId, answer]) => answer ?? { kind: 'missing', groupId })
}

function judge(groupId: string, element: Raw, rules: DetailsRules): GroupAnswer {
  const code = element['ErrorCode'] === undefined ? 0 : codeOf(element)
  if (code === null) return failed(groupId, 'its ErrorCode is not a number')
  if (code !== 0) return verdict(groupId, faultOf(code), explain(rules.caller, code, element['ErrorInfo']))
  const group = parseGroup(element, rules.groupCustom)
  if (typeof group === 'string') return failed(groupId, group)
  const { rows, bad } = parseMembers(element['MemberList'], rules)
  return { kind: 'found', group, members: membersOf(group, rows, bad), bad }
}

/**
 * A group of nobody proves itself: `[]`. An AVChatRoom never does, as its members are not stored, nor does a community,
 * whose members never come along.
 */
function membersOf({ type, memberCount }: Group, rows: readonly Member[], bad: readonly BadRecord[]) {
  if (type === 'AVChatRoom') return null
  if (rows.length > 0 || bad.length > 0) return rows
  return memberCount === 0 && type !== 'Community' ? rows : null
}

/** What a fault says of one group. */
export function verdict(groupId: string, fault: Fault, reason: string): GroupAnswer {
  switch (fault) {
    case 'gone':
    case 'badId':
    case 'forbidden':
      return { kind: fault, groupId, reason }
    case 'notEnabled':
      return { kind: 'forbidden', groupId, reason }
    default:
      return failed(groupId, reason)
  }
}

function failed(groupId: string, reason: string): GroupAnswer {
  return { kind: 'failed', groupId, reason }
}
