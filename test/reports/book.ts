import type { Pool } from 'pg'
import type { Group, GroupAnswer } from '../../src/core/group.ts'
import type { Member } from '../../src/core/member.ts'
import { createRuns } from '../../src/store/runs.ts'
import { syncSource } from '../../src/sync/sync-source.ts'
import type { Vendor } from '../../src/vendors/types.ts'
import { someone } from '../core/arbitrary.ts'
import { cloneDatabase } from '../support/database.ts'
import type { StoryEvent } from './story.ts'

interface BookGroup {
  group: Group
  members: Map<string, Member>
}

/**
 * A vendor in memory that does what a story says, and the program's own syncs of it: every second of the story is read
 * at that very second, so that the database holds the story to the second. `read: false` lets time pass unseen. With
 * `lateFacts` every run ends as if its process died just before it kept the facts: they stay behind until `withFacts`.
 */
export async function createBook(source = 'acme', { lateFacts = false } = {}) {
  const { pool, url } = await cloneDatabase()
  if (lateFacts)
    await pool.query(`CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'died'; END $$;
      CREATE TRIGGER die BEFORE UPDATE ON rollcall.fact_mark FOR EACH ROW EXECUTE FUNCTION public.die()`)
  const runs = createRuns(pool)
  const groups = new Map<string, BookGroup>()
  const forbidden = new Set<string>()
  const calls = { getGroupInfo: 0 }
  let now = 0
  /** How long a read takes, in ms. */
  let readMs = 0

  const vendor: Vendor = {
    kind: 'tencent',
    endpoints: { getGroupInfo: 100 },
    async *joinedGroups() {},
    pack: (hints) => [hints],
    details: async (batch) => {
      calls.getGroupInfo += 1
      now += readMs
      return batch.map(({ groupId }) => answer(groupId))
    },
    walkPlan: () => ({ kind: 'offset', pageSize: 100 }),
    memberPage: () => Promise.reject(new Error('every answer carries its members')),
    confirm: async (_group, accounts) => new Map(accounts.map((account) => [account, 'out' as const])),
    check: async () => 'fine',
  }

  function answer(groupId: string): GroupAnswer {
    if (forbidden.has(groupId)) return { kind: 'forbidden', groupId, reason: 'the group is private' }
    const found = groups.get(groupId)
    if (found === undefined) return { kind: 'gone', groupId, reason: 'dissolved' }
    const members = [...found.members.values()]
    const ownerId = members.find(({ role }) => role === 'owner')?.accountId ?? null
    return { kind: 'found', group: { ...found.group, ownerId, memberCount: members.length }, members, bad: [] }
  }

  function apply(event: StoryEvent): void {
    const found = groups.get(event.group)
    switch (event.op) {
      case 'create': {
        const { name, type = 'Public', maxMembers = null, t } = event
        const rest = { ownerId: null, memberCount: 0, muteAll: null, joinMode: null, attributes: null, live: null }
        groups.set(event.group, {
          group: { groupId: event.group, type, name, maxMembers, createdAt: t * 1000, ...rest },
          members: new Map(),
        })
        return
      }
      case 'update':
        if (found !== undefined)
          found.group = { ...found.group, name: event.name ?? found.group.name, type: event.type ?? found.group.type }
        return
      case 'dissolve':
        groups.delete(event.group)
        return
      case 'join':
        found?.members.set(event.account, { ...someone(event.account), role: event.role })
        return
      case 'role':
        setMember(event.group, event.account, { role: event.role })
        return
      case 'leave':
        found?.members.delete(event.account)
    }
  }

  function setMember(groupId: string, accountId: string, fields: Partial<Member>): void {
    const members = groups.get(groupId)?.members
    const member = members?.get(accountId)
    if (member === undefined) throw new Error(`${accountId} is not in ${groupId}`)
    members?.set(accountId, { ...member, ...fields })
  }

  /** Reads groups at a second: one run. */
  async function sync(t: number, groupIds: Iterable<string>) {
    now = t * 1000
    const config = { accounts: [], allGroups: false, groups: [...groupIds], expand: 'none' as const }
    const traffic = { calls: () => ({ ...calls }), rateLimited: () => 0, waiting: () => null }
    const result = await syncSource(
      { pool, runs, clock: { now: () => now }, log: { info() {}, warn() {} } },
      { name: source, vendor, discover: config, types: null, traffic },
      { trigger: 'schedule', scope: { groups: config.groups, accounts: [] } },
      new AbortController().signal,
    )
    if (result.error !== null) throw new Error(result.error)
    return result
  }

  return {
    pool,
    url,
    groups,
    forbidden,
    sync,
    setMember,
    setReadMs: (ms: number) => (readMs = ms),
    /** Works on the facts of a book whose facts are late. */
    async withFacts<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
      await pool.query('ALTER TABLE rollcall.fact_mark DISABLE TRIGGER die')
      const done = await work(pool)
      await pool.query('ALTER TABLE rollcall.fact_mark ENABLE TRIGGER die')
      return done
    },
    apply,
    /** Plays a story: each second's groups are read at once. `after` is called when a second has been read. */
    async play(events: readonly StoryEvent[], after?: (t: number) => Promise<void>) {
      let place = 0
      while (place < events.length) {
        const { t } = events[place] ?? { t: 0 }
        const touched = new Set<string>()
        for (let event = events[place]; event?.t === t; event = events[(place += 1)]) {
          apply(event)
          touched.add(event.group)
        }
        await sync(t, touched)
        await after?.(t)
      }
    },
    async [Symbol.asyncDispose]() {
      await runs[Symbol.asyncDispose]()
      await pool.end()
    },
  }
}
export type Book = Awaited<ReturnType<typeof createBook>>

/** What "now" is for the reports of a database. */
export async function setReportNow(pool: Book['pool'], t: number): Promise<void> {
  await pool.query(`CREATE OR REPLACE FUNCTION rollcall.report_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT to_timestamp(${t}) $$`)
}
