import { canonical } from './canonical.ts'
import { type MemberPrint, memberPrint } from './fingerprint.ts'
import type { JsonObject, Member } from './member.ts'

/** A read's rows by account, each fingerprinted once. */
export type Roll = ReadonlyMap<string, { readonly member: Member; readonly print: MemberPrint }>

export interface Diff {
  /** In the read, not known before. */
  readonly joined: readonly string[]
  /** In both, with different history fields or join time. */
  readonly changed: readonly string[]
  /** In both, only what makes no history differs. */
  readonly live: readonly string[]
  /** Known before, not in the read: suspects, not leavers. */
  readonly absent: readonly string[]
}

/** Compares what is stored (fingerprints alone) with what a read saw. `diff(x, x)` is empty in every part. */
export function diff(stored: ReadonlyMap<string, MemberPrint>, seen: Roll): Diff {
  const joined: string[] = []
  const changed: string[] = []
  const live: string[] = []
  let met = 0
  for (const [accountId, { print }] of seen) {
    const known = stored.get(accountId)
    if (known === undefined) {
      joined.push(accountId)
      continue
    }
    met++
    if (known.hi !== print.hi || known.lo !== print.lo) changed.push(accountId)
    else if (known.live !== print.live) live.push(accountId)
  }
  const absent = met === stored.size ? [] : [...stored.keys()].filter((accountId) => !seen.has(accountId))
  return { joined, changed, live, absent }
}

export const EDIT_KINDS = ['role', 'name_card', 'muted', 'attributes'] as const
export type EditKind = (typeof EDIT_KINDS)[number]

/** One field of a member that changed while the stay went on; `old` and `new` as `member_changes` shows them. */
export interface Edit {
  readonly accountId: string
  readonly kind: EditKind
  readonly old: JsonObject
  readonly new: JsonObject
}

/** How each kind of edit shows a member's field. Times as ISO text, `"infinity"` for ever: the form PostgreSQL gives too. */
const SHOWN: Readonly<Record<EditKind, (member: Member) => JsonObject>> = {
  role: (member) => ({ role: member.role }),
  name_card: (member) => ({ name_card: member.nameCard }),
  muted: (member) => ({ muted_until: timeText(member.mutedUntil) }),
  attributes: (member) => ({ attributes: member.attributes }),
}

export function timeText(time: number | null): string | null {
  if (time === null) return null
  return time === Number.POSITIVE_INFINITY ? 'infinity' : new Date(time).toISOString()
}

/** The fields of one member that differ, a kind each; nothing for two equal members. */
export function edits(before: Member, after: Member): Edit[] {
  return EDIT_KINDS.flatMap((kind) => {
    const [old, now] = [SHOWN[kind](before), SHOWN[kind](after)]
    return canonical(old) === canonical(now) ? [] : [{ accountId: after.accountId, kind, old, new: now }]
  })
}

/** What a joined or left change carries: the history fields of the member. */
export function shownState(member: Member): JsonObject {
  return Object.assign({}, ...EDIT_KINDS.map((kind) => SHOWN[kind](member)))
}

/** The rows of a read as a roll; of an account that comes twice, the later row counts. */
export function rollOf(members: Iterable<Member>): Map<string, { member: Member; print: MemberPrint }> {
  const roll = new Map<string, { member: Member; print: MemberPrint }>()
  for (const member of members) roll.set(member.accountId, { member, print: memberPrint(member) })
  return roll
}
