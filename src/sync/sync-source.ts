import pLimit, { type LimitFunction } from 'p-limit'
import { VendorError } from '../core/errors.ts'
import type { Change } from '../core/change.ts'
import type { GroupHint } from '../core/group.ts'
import type { RollWrite } from '../core/plan.ts'
import { groupsOfAccounts, type KnownGroup, knownGroups, setWanted } from '../store/known.ts'
import { writeReads } from '../store/write.ts'
import { changesOf } from './changes.ts'
import { Discovery } from './discover.ts'
import { type BatchDeps, readBatch } from './read-batch.ts'
import type { Reading } from './reading.ts'
import { Tally } from './tally.ts'
import type { SyncDeps, SyncOptions, SyncResult, SyncSource } from './types.ts'

/** One run of one source. The source's lock is the caller's business. */
export async function syncSource(
  deps: SyncDeps,
  source: SyncSource,
  options: SyncOptions,
  signal: AbortSignal,
): Promise<SyncResult> {
  const startedAt = deps.clock.now()
  const sourceNo = await deps.runs.source(source.name, source.vendor.kind)
  const runNo = options.dryRun === true ? null : await deps.runs.open(sourceNo, options.trigger ?? 'manual', startedAt)
  const tally = new Tally()
  const before = { calls: source.traffic.calls(), rateLimited: source.traffic.rateLimited() }
  const run = new SourceRun(deps, source, { sourceNo, runNo }, tally, signal)
  let failure: unknown = null
  try {
    await run.work(options)
  } catch (error) {
    tally.stop(signal.aborted ? 'interrupted' : error)
    if (!signal.aborted && !(error instanceof VendorError)) failure = error
  }
  const finishedAt = deps.clock.now()
  const end = {
    ...tally.counts(),
    calls: since(before.calls, source.traffic.calls()),
    rateLimited: source.traffic.rateLimited() - before.rateLimited,
    verdict: tally.verdict(),
    durationMs: finishedAt - startedAt,
  }
  const notes = tally.stopped === null ? tally.notes : [tally.stopped, ...tally.notes]
  const close = runNo === null ? null : deps.runs.close(runNo, { ...end, finishedAt, reason: notes[0] ?? null })
  if (failure !== null) {
    await close?.catch(() => null) // the first failure is the one to report
    throw failure
  }
  await close
  return {
    source: source.name,
    runId: runNo,
    ...end,
    interrupted: signal.aborted,
    error: signal.aborted ? null : tally.stopped,
    notes: tally.notes,
    ...(options.dryRun === true ? { changes: run.changes } : {}),
  }
}

/** The calls of this run alone: a transport counts for as long as it lives. */
function since(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(now)
      .map(([endpoint, count]) => [endpoint, count - (before[endpoint] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  )
}

const NONE: ReadonlySet<string> = new Set()

class SourceRun {
  readonly changes: Change[] = []
  readonly #deps: SyncDeps
  readonly #source: SyncSource
  readonly #ids: { readonly sourceNo: number; readonly runNo: number | null }
  readonly #tally: Tally
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #batches: LimitFunction
  readonly #walks: LimitFunction
  readonly #discovery: Discovery
  readonly #read = new Set<string>()
  readonly #accountsSeen = new Set<string>()
  #known: Map<string, KnownGroup> = new Map()
  #phase = 'discovering groups'

  constructor(
    deps: SyncDeps,
    source: SyncSource,
    ids: { sourceNo: number; runNo: number | null },
    tally: Tally,
    signal: AbortSignal,
  ) {
    this.#deps = deps
    this.#source = source
    this.#ids = ids
    this.#tally = tally
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
    this.#batches = pLimit(deps.concurrency ?? 16)
    this.#walks = pLimit(deps.concurrency ?? 16)
    this.#discovery = new Discovery(source, tally, deps.concurrency ?? 16)
  }

  async work(options: SyncOptions): Promise<void> {
    if (this.#ids.runNo !== null) await setWanted(this.#deps.pool, this.#ids.sourceNo, this.#source.types)
    this.#known = await knownGroups(this.#deps.pool, this.#ids.sourceNo)
    await this.#discover(options)
    for (let wave = this.#nextWave(); wave.length > 0; wave = this.#nextWave()) {
      this.#phase = 'reading groups'
      await this.#readAll(wave)
      if (this.#source.discover.expand === 'members' && options.scope === undefined) {
        this.#phase = 'discovering groups of members'
        await this.#discovery.accounts(this.#accountsSeen, this.#signal)
      }
    }
  }

  async #discover({ scope }: SyncOptions): Promise<void> {
    const { discover, name } = this.#source
    if (scope !== undefined) {
      await this.#discovery.accounts(scope.accounts, this.#signal)
      const theirs = await groupsOfAccounts(this.#deps.pool, this.#ids.sourceNo, scope.accounts)
      for (const groupId of [...scope.groups, ...theirs]) this.#addKnown(groupId)
      return
    }
    for (const group of this.#known.values()) if (group.dissolvedAt === null) this.#addKnown(group.groupId)
    for (const groupId of discover.groups) this.#addKnown(groupId)
    if (discover.allGroups) await this.#discovery.all(this.#signal)
    this.#report()
    await this.#discovery.accounts(discover.accounts, this.#signal)
    this.#deps.log.info({ source: name, groups: this.#discovery.hints.size }, 'groups discovered')
  }

  #addKnown(groupId: string): void {
    const known = this.#known.get(groupId)
    this.#discovery.add(
      known === undefined ? { groupId } : { groupId, type: known.type, memberCount: known.memberCount, known: true },
    )
  }

  /** What is discovered and not yet read, with what the database knows of it. */
  #nextWave(): GroupHint[] {
    const wave = [...this.#discovery.hints.values()].filter((hint) => !this.#read.has(hint.groupId))
    for (const hint of wave) this.#read.add(hint.groupId)
    return wave.map((hint) => {
      const known = this.#known.get(hint.groupId)
      return known === undefined ? hint : { type: known.type, memberCount: known.memberCount, ...hint, known: true }
    })
  }

  async #readAll(wave: readonly GroupHint[]): Promise<void> {
    const work = this.#source.vendor.pack(wave).map((batch) => this.#batches(() => this.#readBatch(batch)))
    const results = await Promise.allSettled(work)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw this.#stop.signal.aborted ? this.#stop.signal.reason : failed.reason
    this.#signal.throwIfAborted()
  }

  async #readBatch(batch: readonly GroupHint[]): Promise<void> {
    try {
      await readBatch(this.#batchDeps(), batch)
    } catch (error) {
      this.#stop.abort(error)
      throw error
    }
  }

  #batchDeps(): BatchDeps {
    const { pool, clock } = this.#deps
    return {
      pool,
      clock,
      source: this.#source,
      sourceNo: this.#ids.sourceNo,
      signal: this.#signal,
      known: this.#known,
      walks: this.#walks,
      selvesOf: (groupId) => this.#discovery.self.get(groupId) ?? [],
      write: (writes, readings) => this.#write(writes, readings),
      stop: (error) => this.#stop.abort(error),
      giveUp: (_groupIds, note) => this.#tally.problem(note),
    }
  }

  async #write(writes: readonly RollWrite[], readings: readonly Reading[]): Promise<ReadonlySet<string>> {
    const { runNo, sourceNo } = this.#ids
    const refused = runNo === null ? NONE : await writeReads(this.#deps.pool, { runNo, sourceNo }, writes)
    if (runNo === null) for (const write of writes) this.changes.push(...changesOf(this.#source.name, write))
    for (const write of writes) if (!refused.has(write.receipt.groupId)) this.#tally.wrote(write)
    if (this.#source.discover.expand === 'members') {
      for (const { members } of readings) for (const { accountId } of members) this.#accountsSeen.add(accountId)
    }
    this.#report()
    return refused
  }

  #report(): void {
    const calls = Object.values(this.#source.traffic.calls()).reduce((sum, count) => sum + count, 0)
    this.#deps.progress?.({
      phase: this.#phase,
      groupsDone: this.#tally.done,
      groupsKnown: this.#discovery.hints.size,
      members: this.#tally.members,
      calls,
      waiting: this.#source.traffic.waiting(),
    })
  }
}
