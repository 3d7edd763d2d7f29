import type { Pool } from 'pg'

/** What the views show, short enough to compare whole. */

/** `group account kind role`, in the order in which it was written. */
export async function memberChanges(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ says: string }>(
    `SELECT concat_ws(' ', group_id, account_id, kind, coalesce(new, old) ->> 'role') AS says
     FROM rollcall.member_changes ORDER BY id`,
  )
  return rows.map(({ says }) => says)
}

/** `group kind`, in the order in which it was written. */
export async function groupChanges(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ says: string }>(
    `SELECT concat_ws(' ', group_id, kind) AS says FROM rollcall.group_changes ORDER BY id`,
  )
  return rows.map(({ says }) => says)
}

/** The accounts now in a group. */
export async function roll(pool: Pool, groupId: string): Promise<string[]> {
  const { rows } = await pool.query<{ account_id: string }>(
    'SELECT account_id FROM rollcall.current_members WHERE group_id = $1 ORDER BY account_id',
    [groupId],
  )
  return rows.map(({ account_id }) => account_id)
}

export interface Stay {
  readonly account_id: string
  readonly start_not_before: Date | null
  readonly start_at: Date
  readonly end_not_before: Date | null
  readonly end_at: Date | null
}

export async function stays(pool: Pool, groupId: string, accountId: string): Promise<Stay[]> {
  const { rows } = await pool.query<Stay>(
    `SELECT account_id, start_not_before, start_at, end_not_before, end_at FROM rollcall.membership_intervals
     WHERE group_id = $1 AND account_id = $2 ORDER BY start_at`,
    [groupId, accountId],
  )
  return rows
}

export interface GroupRead {
  readonly outcome: string
  readonly vendor_count: number | null
  readonly rows_read: number
  readonly passes: number
  readonly reason: string | null
  readonly began_at: Date
  readonly ended_at: Date
}

/** The newest receipt of a group. */
export async function lastRead(pool: Pool, groupId: string): Promise<GroupRead | null> {
  const { rows } = await pool.query<GroupRead>(
    'SELECT * FROM rollcall.group_reads WHERE group_id = $1 ORDER BY run_id DESC LIMIT 1',
    [groupId],
  )
  return rows[0] ?? null
}

export async function shownGroup(pool: Pool, groupId: string) {
  const { rows } = await pool.query<{ coverage: string; dissolved_at: Date | null; attributes: unknown; type: string }>(
    'SELECT coverage, dissolved_at, attributes, type FROM rollcall.current_groups WHERE group_id = $1',
    [groupId],
  )
  return rows[0] ?? null
}

/** Groups whose kept sums are not those of their rows: a wrong sum would let a change go unseen. */
export async function wrongSums(pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `SELECT r.group_no, r.rows, r.print, r.live_print, r.unseen, s.*
     FROM rollcall.roll_state r LEFT JOIN LATERAL (
       SELECT count(*)::integer AS n, coalesce(sum(m.print), 0) AS sum, coalesce(sum(m.live_print), 0) AS live,
         count(m.unseen_from)::integer AS unseen_n
       FROM rollcall.member m WHERE m.group_no = r.group_no
     ) s ON true
     WHERE r.rows <> s.n OR r.unseen <> s.unseen_n
       OR (s.sum - r.print) % 18446744073709551616 <> 0 OR (s.live - r.live_print) % 4294967296 <> 0`,
  )
  return rows
}

/** Every row of every table of Rollcall's as one text, to look for what must not be in it. */
export async function dump(pool: Pool, except: readonly string[] = []): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE (schemaname = 'rollcall' OR tablename = '_prisma_migrations') AND NOT tablename = ANY ($1)`,
    [except],
  )
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await pool.query<{ all: string | null }>(
        `SELECT string_agg(t::text, E'\\n') AS all FROM ${name} t`,
      )
      return rows[0]?.all ?? ''
    }),
  )
  return texts.join('\n')
}
