import type { Change } from '../core/change.ts'
import { shownState } from '../core/diff.ts'
import type { RollWrite } from '../core/roll-write.ts'
import type { Happening } from '../store/write-groups.ts'

/** What a dry run would write of groups, as `group_changes` would show it. */
export function groupChangesOf(source: string, happenings: readonly Happening<RollWrite>[]): Change[] {
  return happenings.map(({ write, kind, at, notBefore, old, new: now }) => ({
    id: null,
    runId: null,
    source,
    groupId: write.receipt.groupId,
    accountId: null,
    kind,
    at,
    notBefore,
    notAfter: at,
    old,
    new: now,
  }))
}

/** The member changes a write would make, as `member_changes` would show them. */
export function changesOf(source: string, { receipt, known, ends, joins, edits }: RollWrite): Change[] {
  const base = { id: null, runId: null, source, groupId: receipt.groupId, notAfter: receipt.endedAt }
  const lastWith = known?.completeBeganAt ?? null
  return [
    ...ends.map(
      ({ accountId, endAt, old }): Change => ({
        ...base,
        accountId,
        kind: 'left',
        at: endAt,
        notBefore: lastWith,
        notAfter: endAt,
        old: shownState(old),
        new: null,
      }),
    ),
    ...joins.map(
      ({ member, startAt, startNotBefore }): Change => ({
        ...base,
        accountId: member.accountId,
        kind: 'joined',
        at: startAt,
        notBefore: startNotBefore,
        old: null,
        new: shownState(member),
      }),
    ),
    ...edits.map(
      (edit): Change => ({
        ...base,
        accountId: edit.accountId,
        kind: edit.kind,
        at: receipt.endedAt,
        notBefore: lastWith,
        old: edit.old,
        new: edit.new,
      }),
    ),
  ]
}
