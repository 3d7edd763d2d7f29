import type { GroupHint } from '../../core/group.ts'

/** Answers over 1 MB are refused (10018); this leaves room for what the estimate misses. */
export const ANSWER_BUDGET = 980_000
/** A group's own fields: the texts alone may have 700 bytes (T7). */
const GROUP_BYTES = 1000
const FIRST_MEMBER_BYTES = 250
const UNKNOWN_MEMBERS = 50
/** Fewer rows than this in an answer say little about the size of a row. */
const ENOUGH_ROWS = 20
/** So many short lists are a cap of the server's; fewer may be churn. */
const SHORT_LISTS = 3

/** The types whose members never come along: not stored, or too many. */
const NEVER_ALONG: ReadonlySet<string> = new Set(['AVChatRoom', 'Community'])

/** What is expected of a details answer, learned from those seen. Nothing but the number of calls depends on it. */
export interface Sizes {
  /** Whether the members of this group are asked for along with its details. */
  along(hint: GroupHint): boolean
  /** Expected bytes of this group with its members. */
  bytes(hint: GroupHint): number
  /** An answer of `bytes` bytes had this many groups and member rows. */
  saw(bytes: number, groups: number, rows: number): void
  /** A group of `count` members came with `rows` of them. How many come is documented nowhere (U2). */
  sawList(rows: number, count: number): void
  /** An answer was refused as too large: the estimate is too small. */
  refused(): void
}

export function createSizes(): Sizes {
  let memberBytes = FIRST_MEMBER_BYTES
  let cap = Number.POSITIVE_INFINITY
  let shortLists = 0
  let fullUpTo = 0

  const membersOf = ({ memberCount }: GroupHint) => memberCount ?? UNKNOWN_MEMBERS
  const bytes = (hint: GroupHint) => GROUP_BYTES + membersOf(hint) * memberBytes
  return {
    bytes,
    along(hint) {
      if (hint.type && NEVER_ALONG.has(hint.type)) return false
      return bytes(hint) <= ANSWER_BUDGET && (shortLists < SHORT_LISTS || membersOf(hint) <= cap)
    },
    saw(answerBytes, groups, rows) {
      if (rows < ENOUGH_ROWS) return
      const seen = Math.max(0, answerBytes - groups * GROUP_BYTES) / rows
      memberBytes = 0.8 * memberBytes + 0.2 * Math.max(100, seen)
    },
    sawList(rows, count) {
      if (rows >= count) {
        fullUpTo = Math.max(fullUpTo, rows)
        cap = Math.max(cap, fullUpTo)
      } else if (count - rows > Math.max(5, count / 10)) {
        shortLists++
        cap = Math.max(fullUpTo, Math.min(cap, rows))
      }
    },
    refused() {
      memberBytes = Math.min(4000, memberBytes * 1.2)
    },
  }
}
