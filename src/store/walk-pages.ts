import type { Pool, PoolClient } from 'pg'
import { readPage, writePage, type WrittenPage } from '../core/member-json.ts'
import type { Event } from '../core/walk.ts'
import { statement, timestamp } from './statement.ts'

export interface StoredWalk {
  readonly beganAt: number
  /** The vendor's count when the walk began. */
  readonly countBefore: number | null
  readonly events: readonly Event[]
}

type WrittenEvent = Exclude<Event, { kind: 'page' }> | { readonly kind: 'page'; readonly page: WrittenPage }

/** What an earlier attempt has read of a group; null where none has, or it began too long ago to go on with. */
export async function storedWalk(
  pool: Pool,
  runNo: number,
  groupId: string,
  notBefore: number,
): Promise<StoredWalk | null> {
  const { rows } = await pool.query<{ began_at: Date; event: string }>(statement('walk-pages'), [
    runNo,
    groupId,
    timestamp(notBefore),
  ])
  const [first, ...pages] = rows
  if (first === undefined) return null
  return {
    beganAt: first.began_at.getTime(),
    countBefore: (JSON.parse(first.event) as { readonly count: number | null }).count,
    events: pages.map((row) => parsed(row.event)),
  }
}

function parsed(text: string): Event {
  const event = JSON.parse(text) as WrittenEvent
  return event.kind === 'page' ? { kind: 'page', page: readPage(event.page) } : event
}

/** Begins the pages of a walk anew; what older walks of the group have left behind goes. */
export async function beginWalk(
  client: PoolClient,
  runNo: number,
  groupId: string,
  walk: { readonly beganAt: number; readonly countBefore: number | null },
): Promise<void> {
  await client.query('DELETE FROM rollcall.walk_page WHERE run_no = $1 AND group_id = $2', [runNo, groupId])
  await insert(client, runNo, groupId, 0, walk.beganAt, { count: walk.countBefore })
}

/** Keeps a page of a walk, numbered from 1. */
export async function keepPage(
  client: PoolClient,
  runNo: number,
  groupId: string,
  page: { readonly pageNo: number; readonly beganAt: number; readonly event: Event },
): Promise<void> {
  const { pageNo, beganAt, event } = page
  const written: WrittenEvent = event.kind === 'page' ? { kind: 'page', page: writePage(event.page) } : event
  await insert(client, runNo, groupId, pageNo, beganAt, written)
}

async function insert(
  client: PoolClient,
  runNo: number,
  groupId: string,
  pageNo: number,
  beganAt: number,
  event: object,
): Promise<void> {
  await client.query(
    'INSERT INTO rollcall.walk_page (run_no, group_id, page_no, began_at, event) VALUES ($1, $2, $3, $4, $5)',
    [runNo, groupId, pageNo, timestamp(beganAt), JSON.stringify(event)],
  )
}
