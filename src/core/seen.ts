import type { Roll } from './diff.ts'
import { type MemberPrint, memberPrint, type RollPrint, sameRoll, sumOf } from './fingerprint.ts'
import type { Member } from './member.ts'

/**
 * What a read saw of one group, each row fingerprinted once. While the sum alone is asked for, that is all it costs; the
 * rows by account are made when a comparison needs them.
 */
export class Seen {
  readonly size: number
  readonly sum: RollPrint
  /** Whether a row came without its join time: what is known of it has to be filled in first, and makes another Seen. */
  readonly lacksTimes: boolean
  readonly #members: readonly Member[]
  readonly #prints: readonly MemberPrint[]
  #rows: Roll | null = null

  /**
   * Of an account that comes twice, the later row counts.
   *
   * @param stored the roll as it is stored: where the sum is the same, nobody can have come twice
   */
  constructor(members: readonly Member[], stored: RollPrint | null = null) {
    const prints = members.map(memberPrint)
    const sum = sumOf(prints)
    const unique = stored !== null && sameRoll(sum, stored) ? members : lastRows(members)
    this.#members = unique
    this.#prints = unique === members ? prints : unique.map(memberPrint)
    this.size = unique.length
    this.sum = unique === members ? sum : sumOf(this.#prints)
    this.lacksTimes = members.some((member) => member.joinedAt === undefined)
  }

  get prints(): readonly MemberPrint[] {
    return this.#prints
  }

  get rows(): Roll {
    this.#rows ??= this.rowsWhere(() => true)
    return this.#rows
  }

  /** The rows whose fingerprint is wanted. */
  rowsWhere(wanted: (print: MemberPrint) => boolean): Roll {
    const rows = new Map<string, { readonly member: Member; readonly print: MemberPrint }>()
    for (const [index, member] of this.#members.entries()) {
      const print = this.#prints[index]
      if (print !== undefined && wanted(print)) rows.set(member.accountId, { member, print })
    }
    return rows
  }
}

/** The rows themselves where no account comes twice. */
function lastRows(members: readonly Member[]): readonly Member[] {
  const accounts = new Set<string>()
  for (const { accountId } of members) accounts.add(accountId)
  if (accounts.size === members.length) return members
  return [...new Map(members.map((member) => [member.accountId, member])).values()]
}
