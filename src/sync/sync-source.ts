import pLimit, { type LimitFunction } from 'p-limit'
import { VendorError } from '../core/errors.ts'
import type { Change } from '../core/change.ts'
import type { GroupHint } from '../core/group.ts'
import type { RollWrite } from '../core/roll-write.ts'
import { groupsOfAccounts, type KnownGroup, knownGroups, setWanted } from '../store/known.ts'
import { forgetBad } from '../store/quarantine.ts'
import { underNames, writeReads } from '../store/write.ts'
import { happenings } from '../store/write-groups.ts'
import { changesOf, groupChangesOf } from './changes.ts'
import { Discovery, firstAlone } from './discover.ts'
import { type BatchDeps, readBatch, settleDeps } from './read-batch.ts'
import { settleGone, standing } from './gone.ts'
import { keepFacts } from './keep-facts.ts'
import { accountsOf, type Reading } from './reading.ts'
import { fullEveryOf } from './stay-unwalked.ts'
import { since, Tally } from './tally.ts'
import { untraced } from '../trace.ts'
import { type NamedSource, withNames } from './with-names.ts'
import type { SyncDeps, SyncOptions, SyncResult, SyncSource } from './types.ts'

/** One run of one source. The source's lock is the caller's business. */
export async function syncSource(
  deps: SyncDeps,
  source: SyncSource,
  options: SyncOptions,
  signal: AbortSignal,
): Promise<SyncResult> {
  const startedAt = deps.clock.now()
  const { dryRun = false, trigger = 'manual' } = options
  const sourceNo = dryRun
    ? ((await deps.runs.knownSource(source.name, source.vendor.kind)) ?? NO_SOURCE)
    : await deps.runs.source(source.name, source.vendor.kind)
  const named = await withNames(deps.pool, source, sourceNo, { said: options.scope?.accounts ?? [], dryRun })
  const runNo = dryRun ? null : await deps.runs.open(sourceNo, trigger, startedAt)
  const tally = new Tally()
  const before = { calls: source.traffic.calls(), rateLimited: source.traffic.rateLimited() }
  const run = new SourceRun(deps, named, { sourceNo, runNo }, tally, signal)
  let failure: unknown = null
  const telling = setInterval(() => run.report(), TELL_EVERY_MS)
  try {
    const { trace = untraced } = deps
    await trace('run', { source: source.name, run: runNo ?? 0, trigger }, () => run.work(options))
  } catch (error) {
    tally.stop(signal.aborted ? 'interrupted' : error)
    if (!signal.aborted && !(error instanceof VendorError)) failure = error
  }
  clearInterval(telling)
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
  if (runNo !== null) await keepFacts(deps, sourceNo)
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

/** No source has this number: a dry run of one that was never synced knows nothing of it. */
const NO_SOURCE = -1
const TELL_EVERY_MS = 500
const NONE: ReadonlySet<string> = new Set()

class SourceRun {
  readonly changes: Change[] = []
  readonly #deps: SyncDeps
  readonly #source: SyncSource
  readonly #named: NamedSource
  readonly #ids: { readonly sourceNo: number; readonly runNo: number | null }
  readonly #tally: Tally
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #batches: LimitFunction
  readonly #walks: LimitFunction
  readonly #discovery: Discovery
  readonly #read = new Set<string>()
  readonly #accountsSeen = new Set<string>()
  readonly #gone: Reading[] = []
  #known: Map<string, KnownGroup> = new Map()
  #options: SyncOptions = {}
  #phase = 'discovering groups'

  constructor(
    deps: SyncDeps,
    named: NamedSource,
    ids: { sourceNo: number; runNo: number | null },
    tally: Tally,
    signal: AbortSignal,
  ) {
    this.#deps = deps
    this.#source = named.source
    this.#named = named
    this.#ids = ids
    this.#tally = tally
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
    this.#batches = pLimit(deps.concurrency ?? 16)
    this.#walks = pLimit(deps.concurrency ?? 16)
    this.#discovery = new Discovery(named.source, tally, deps.concurrency ?? 16)
  }

  async work(options: SyncOptions): Promise<void> {
    if (this.#ids.runNo !== null) await setWanted(this.#deps.pool, this.#ids.sourceNo, this.#source.types)
    this.#known = await knownGroups(this.#deps.pool, this.#ids.sourceNo)
    this.#options = options
    await this.#discover(options)
    for (let wave = this.#nextWave(); wave.length > 0; wave = this.#nextWave()) {
      this.#phase = 'reading groups'
      await this.#readAll(wave)
      if (this.#source.discover.expand === 'members' && options.scope === undefined) {
        this.#phase = 'discovering groups of members'
        await this.#discovery.accounts(this.#accountsSeen, this.#signal)
      }
    }
    await this.#writeGone()
    if (this.#ids.runNo !== null) await forgetBad(this.#deps.pool, this.#ids.runNo)
  }

  /** Only when all is read it is known how many groups are gone. */
  async #writeGone(): Promise<void> {
    const deps = { ...settleDeps(this.#batchDeps()), dissolveGuard: this.#source.dissolveGuard }
    for await (const writes of settleGone(deps, this.#gone, this.#known, standing(this.#known))) {
      for (const groupId of await this.#write(writes, []))
        this.#tally.problem(`group ${groupId}: gone by the vendor's word, and read by another sync meanwhile`)
    }
  }

  async #discover({ scope }: SyncOptions): Promise<void> {
    if (scope !== undefined) {
      const accounts = this.#named.kept(scope.accounts)
      await this.#discovery.accounts(accounts, this.#signal)
      const theirs = await groupsOfAccounts(this.#deps.pool, this.#ids.sourceNo, accounts)
      for (const groupId of [...scope.groups, ...theirs]) this.#addKnown(groupId)
      return
    }
    for (const group of this.#known.values()) if (group.dissolvedAt === null) this.#addKnown(group.groupId)
    for (const groupId of this.#source.discover.groups) this.#addKnown(groupId)
    if (this.#source.discover.allGroups) await this.#discovery.all(this.#signal)
    this.report()
    await this.#discovery.accounts(this.#source.discover.accounts, this.#signal)
    this.#deps.log.info({ source: this.#source.name, groups: this.#discovery.hints.size }, 'groups discovered')
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
    const results = await firstAlone(this.#source, this.#source.vendor.pack(wave), (batch) =>
      this.#batches(() => this.#readBatch(batch)),
    )
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
      trace: this.#deps.trace,
      known: this.#known,
      largeFrom: this.#deps.largeFrom,
      walks: this.#walks,
      selvesOf: (groupId) => this.#discovery.self.get(groupId) ?? [],
      write: (writes, readings) => this.#write(writes, readings),
      setAside: (gone) => void this.#gone.push(...gone),
      approved: this.#options.approved,
      fullEveryMs: fullEveryOf(this.#source, this.#options),
      stop: (error) => this.#stop.abort(error),
      giveUp: (_groupIds, note) => this.#tally.problem(note),
    }
  }

  async #write(writes: readonly RollWrite[], readings: readonly Reading[]): Promise<ReadonlySet<string>> {
    const { runNo, sourceNo } = this.#ids
    const within = underNames(sourceNo, this.#named.forgets)
    const refused = runNo === null ? NONE : await writeReads(this.#deps.pool, { runNo, sourceNo }, writes, within)
    if (runNo === null) {
      const { name } = this.#source
      this.changes.push(...groupChangesOf(name, await happenings(this.#deps.pool, writes)))
      for (const write of writes) {
        this.changes.push(...changesOf(name, write))
        for await (const part of write.rest?.parts(this.#deps.pool) ?? []) this.changes.push(...changesOf(name, part))
      }
    }
    for (const write of writes) if (!refused.has(write.receipt.groupId)) this.#tally.wrote(write)
    if (this.#source.discover.expand === 'members') {
      for (const reading of readings) {
        for await (const accounts of accountsOf(reading)) for (const one of accounts) this.#accountsSeen.add(one)
      }
    }
    this.report()
    return refused
  }

  /** Tells how far it is; also while nothing moves, so that a long wait has its reason shown. */
  report(): void {
    this.#deps.progress?.({
      phase: this.#phase,
      groupsDone: this.#tally.done,
      groupsKnown: this.#discovery.hints.size,
      members: this.#tally.members,
      calls: Object.values(this.#source.traffic.calls()).reduce((sum, count) => sum + count, 0),
      waiting: this.#source.traffic.waiting(),
    })
  }
}
