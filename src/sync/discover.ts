import pLimit from 'p-limit'
import { VendorError } from '../core/errors.ts'
import type { GroupHint } from '../core/group.ts'
import type { Member } from '../core/member.ts'
import { isStop } from './faults.ts'
import type { Tally } from './tally.ts'
import type { SyncSource } from './types.ts'

/** Where group ids come from: the union of lists, which are hints and never a proof that a group is gone. */
export class Discovery {
  readonly hints = new Map<string, GroupHint>()
  /** What joined-group lists say of the crawled accounts' own memberships, by group. */
  readonly self = new Map<string, Member[]>()
  readonly #crawled = new Set<string>()
  readonly #source: SyncSource
  readonly #tally: Tally
  readonly #concurrency: number

  constructor(source: SyncSource, tally: Tally, concurrency: number) {
    this.#source = source
    this.#tally = tally
    this.#concurrency = concurrency
  }

  add(hint: GroupHint): void {
    const { types } = this.#source
    if (types !== null && hint.type !== null && hint.type !== undefined && !types.includes(hint.type)) return
    const before = this.hints.get(hint.groupId)
    const { self, ...rest } = hint
    this.hints.set(hint.groupId, {
      ...before,
      ...withoutNulls(rest),
      known: before?.known === true || hint.known === true,
    })
    if (self !== undefined) {
      const members = this.self.get(hint.groupId) ?? []
      members.push(self)
      this.self.set(hint.groupId, members)
    }
  }

  /** The vendor's list of every group of the app. */
  async all(signal: AbortSignal): Promise<void> {
    const { vendor, name } = this.#source
    if (vendor.listGroups === undefined) return
    await this.#walk(vendor.listGroups(signal), `${name}: the list of all groups broke off`)
  }

  /** The joined-group lists of accounts; each account is crawled once a run. */
  async accounts(accountIds: Iterable<string>, signal: AbortSignal): Promise<void> {
    const limit = pLimit(this.#concurrency)
    const fresh = [...new Set(accountIds)].filter((accountId) => !this.#crawled.has(accountId))
    for (const accountId of fresh) this.#crawled.add(accountId)
    const stop = new AbortController()
    const either = AbortSignal.any([signal, stop.signal])
    const crawl = async (accountId: string): Promise<void> => {
      if (either.aborted) return
      try {
        const pages = this.#source.vendor.joinedGroups(accountId, either)
        await this.#walk(pages, `account ${accountId}: its list of groups broke off`)
      } catch (error) {
        stop.abort(error)
        throw error
      }
    }
    await firstAlone(this.#source, fresh, (accountId) => limit(crawl, accountId))
    either.throwIfAborted()
  }

  async #walk(pages: AsyncIterable<readonly GroupHint[]>, broken: string): Promise<void> {
    try {
      for await (const page of pages) for (const hint of page) this.add({ ...hint, known: true })
    } catch (error) {
      if (!(error instanceof VendorError) || isStop(error)) throw error
      if (error.fault === 'accountGone') this.#tally.note(`${error.message}`)
      else this.#tally.problem(`${broken}: ${error.message}`)
    }
  }
}

/**
 * Works all tasks at once; but the very first call of a source goes alone, so that a wrong key is tried once and not by
 * every task at the same time.
 */
export async function firstAlone<T>(
  source: SyncSource,
  tasks: readonly T[],
  work: (task: T) => Promise<void>,
): Promise<readonly PromiseSettledResult<void>[]> {
  const alone = Object.keys(source.traffic.calls()).length === 0 ? 1 : 0
  const first = await Promise.allSettled(tasks.slice(0, alone).map(work))
  return [...first, ...(await Promise.allSettled(tasks.slice(alone).map(work)))]
}

function withoutNulls(hint: Omit<GroupHint, 'self'>): GroupHint {
  return {
    groupId: hint.groupId,
    ...(hint.type === null || hint.type === undefined ? {} : { type: hint.type }),
    ...(hint.memberCount === null || hint.memberCount === undefined ? {} : { memberCount: hint.memberCount }),
  }
}
