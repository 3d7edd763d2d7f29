import { pipeline } from 'node:stream/promises'
import type { PoolClient } from 'pg'
import { from } from 'pg-copy-streams'
import type { Join } from '../core/roll-write.ts'
import { CopyBuffer } from './copy-buffer.ts'
import { statement } from './statement.ts'

/** The new stays of one group. */
export interface NewStays {
  readonly groupNo: number
  readonly runNo: number
  readonly seenAt: number
  readonly joins: readonly Join[]
}

/** Writes new stays by COPY: the fastest way in, and the same for one row and for a million. */
export async function copyMembers(client: PoolClient, stays: readonly NewStays[]): Promise<void> {
  await pipeline(chunks(stays), client.query(from(statement('members-copy'))))
}

function* chunks(stays: readonly NewStays[]): Generator<Buffer> {
  const out = new CopyBuffer()
  for (const one of stays) {
    // Sorted by the primary key its pages stay warm, and a large group costs a third less.
    const joins = one.joins.toSorted((a, b) => (a.member.accountId < b.member.accountId ? -1 : 1))
    for (const join of joins) {
      write(out, one, join)
      if (out.isFull) yield out.take()
    }
  }
  yield out.end()
}

/** The columns in the order of members-copy.sql. */
function write(out: CopyBuffer, { groupNo, runNo, seenAt }: NewStays, join: Join): void {
  const { member, print, startAt, startNotBefore, unseenFrom } = join
  out.row(16)
  out.time(seenAt)
  out.time(startAt)
  out.time(startNotBefore)
  out.int8(print.hi, print.lo)
  out.int4(groupNo)
  out.int4(runNo)
  out.int4(print.live)
  out.text(member.role)
  out.text(member.accountId)
  out.text(member.nameCard)
  out.time(member.mutedUntil)
  out.time(member.joinedAt)
  out.time(member.lastSpokeAt)
  out.json(member.attributes)
  out.json(member.live)
  out.time(unseenFrom)
}
