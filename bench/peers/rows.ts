import { memberPrint, toBigint } from '../../src/core/fingerprint.ts'
import type { Roll } from '../data.ts'

/** The columns of `member` that a first load fills, in this order. */
export const COLUMNS = [
  ['first_seen_at', 'timestamptz'],
  ['start_at', 'timestamptz'],
  ['print', 'bigint'],
  ['group_no', 'integer'],
  ['start_run', 'integer'],
  ['live_print', 'integer'],
  ['role', 'rollcall.member_role'],
  ['account_id', 'text'],
  ['name_card', 'text'],
  ['joined_at', 'timestamptz'],
  ['last_spoke_at', 'timestamptz'],
  ['attributes', 'jsonb'],
  ['live', 'jsonb'],
] as const

export type Row = readonly (string | number | null)[]

/** Rows of the roll as every write path writes them, group by group in the order in which they arrive. */
export function* rowsOf(rolls: readonly Roll[]): Generator<Row> {
  const now = new Date().toISOString()
  for (const [index, { members }] of rolls.entries()) {
    for (const member of members) {
      const print = memberPrint(member)
      const joined = new Date(member.joinedAt ?? 0).toISOString()
      const spoke = new Date(member.lastSpokeAt ?? 0).toISOString()
      const json = [JSON.stringify(member.attributes), JSON.stringify(member.live)]
      const keys = [toBigint(print), index + 1, 1, print.live, member.role, member.accountId, member.nameCard]
      yield [now, joined, ...keys, joined, spoke, ...json]
    }
  }
}

export function slices<T>(items: Iterable<T>, size: number): T[][] {
  const found: T[][] = []
  let open: T[] = []
  for (const item of items) {
    open.push(item)
    if (open.length < size) continue
    found.push(open)
    open = []
  }
  if (open.length > 0) found.push(open)
  return found
}
