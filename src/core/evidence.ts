import type { Change } from './change.ts'
import type { Millis } from './member.ts'

/** What the database holds about how a change came to be known. */
export interface Evidence {
  readonly change: Change
  readonly vendor: string
  /** A leave: the same account has a stay that begins where this one ends. */
  readonly returned: boolean
  /** A leave: the group was dissolved at that moment. */
  readonly dissolved: boolean
  readonly run: {
    readonly id: number
    readonly trigger: string
    readonly verdict: string | null
    readonly startedAt: Millis
    readonly finishedAt: Millis | null
    /** Calls of the whole run by endpoint. */
    readonly calls: Readonly<Record<string, number>>
  } | null
  /** The run's read of the group; null where its receipt is kept no more. */
  readonly read: {
    readonly outcome: string
    readonly vendorCount: number | null
    readonly rowsRead: number
    readonly passes: number
    readonly calls: number
    readonly reason: string | null
    readonly beganAt: Millis
    readonly endedAt: Millis
  } | null
  /** The read that began at `not_before`. */
  readonly before: { readonly runId: number; readonly outcome: string; readonly rowsRead: number } | null
}

/** The rule by which a change was written, and what the read saw of it: one sentence each. */
export function proofOf(evidence: Evidence): readonly string[] {
  if (evidence.change.imported === true)
    return [
      'Known from an imported file alone (rollcall import --list): no read proves it. It lies between the two snapshots that bound it.',
    ]
  return [...whatTheReadSaw(evidence), ...rule(evidence), ...bounds(evidence)]
}

function whatTheReadSaw({ read, change }: Evidence): readonly string[] {
  if (read === null) return ['The receipt of the read is kept no more.']
  if (read.outcome === 'gone') return ['The vendor said of this very group id that the group is gone.']
  const counted =
    read.vendorCount === null
      ? 'no call of the vendor counts them, so the walk was repeated until two were equal'
      : `the vendor counts ${read.vendorCount}`
  if (read.outcome === 'complete')
    return [`The read is proven complete: ${read.rowsRead} members listed, ${counted}; passes ${read.passes}.`]
  const why = read.reason === null ? '' : ` (${read.reason})`
  const kept = change.accountId === null ? '' : ' Such a read ends no stay.'
  return [`The read was ${read.outcome}${why}: ${read.rowsRead} members listed.${kept}`]
}

function rule({ change, vendor, returned, dissolved, read }: Evidence): readonly string[] {
  switch (change.kind) {
    case 'joined':
      if (read === null) return []
      return change.at === read.endedAt
        ? ['The time is the end of the read that listed the member first: the vendor gives no join time that fits.']
        : ["The time is the vendor's own join time."]
    case 'left':
      if (dissolved) return ['The group was dissolved: all its stays end with it.']
      if (returned)
        return [
          'The vendor shows a newer join time: the member left and came back between two reads. The leave ends where the new stay begins.',
        ]
      return [
        `The member was not listed, and ${DIRECT_WORD[vendor] ?? 'a second complete walk did not list them either'}.`,
      ]
    case 'dissolved':
      return ['A group missing from a list is not taken for dissolved: the vendor was asked for this id.']
    default:
      return ['The field was read as shown; the read before it showed the old value.']
  }
}

const DIRECT_WORD: Readonly<Record<string, string>> = {
  tencent:
    'get_role_in_group, asked about this account, said that it is not in the group (where that call gave no word, a second complete walk did not list it)',
  easemob:
    'is_joined, asked about this account, said that it is not in the group (where that call gave no word, a second complete walk did not list it)',
}

function bounds({ change, before }: Evidence): readonly string[] {
  if (change.notBefore === null) return ['Nothing is known from before: this was the first read of the group.']
  if (before === null) return []
  return [
    `Not before: the read of run ${before.runId} (${before.outcome}, ${before.rowsRead} members) began then and still saw the old state.`,
  ]
}
