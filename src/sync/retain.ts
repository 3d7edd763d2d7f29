import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Clock } from '../core/clock.ts'
import type { Millis } from '../core/member.ts'
import { type Period, periodBefore } from '../core/period.ts'
import { refreshFacts } from '../store/reports/facts.ts'
import {
  beginRetention,
  countRetention,
  endRetention,
  FIRST_PLACE,
  type Gone,
  isLockTimeout,
  type Place,
  RETENTION_PARTS,
  type RetentionPart,
  retentionStep,
} from '../store/retention.ts'
import type { Log } from './types.ts'

/** How long what is over is kept of a source; null: for ever. */
export interface RetainRule {
  readonly source: string
  readonly history: Period | null
  readonly reads: Period | null
}

export interface Retained {
  readonly source: string
  /** Stays that ended before are gone; null: all are kept. */
  readonly historyFrom: Millis | null
  readonly readsFrom: Millis | null
  /** What has gone, or in a dry run would go. */
  readonly gone: Gone
  /** False where it was ended early: the next pass goes on. */
  readonly done: boolean
  readonly steps: number
  /** The longest transaction, ms. */
  readonly longestMs: number
}

export interface RetainDeps {
  readonly pool: Pool
  readonly clock: Clock
  readonly log: Log
}

export interface RetainOptions {
  readonly signal: AbortSignal
  /** Ends early after so long; default: never. */
  readonly budgetMs?: number
  readonly dryRun?: boolean
}

const HISTORY: ReadonlySet<RetentionPart> = new Set(['imported', 'stays', 'events'])

/** A step is to take about so long: it grows and shrinks to that. */
const STEP_MS = 20
const MOST = 2_000
/** Fewer cost as much: then it is the machine that is slow, not the step. */
const FEWEST = 200

/**
 * Takes out of the history of a source what is older than its limits, in short transactions with as long a pause after each. Where
 * it is interrupted, nothing is half gone, and the next call goes on. Null: the database does not know the source yet.
 */
export async function retain(deps: RetainDeps, rule: RetainRule, options: RetainOptions): Promise<Retained | null> {
  const { pool, clock } = deps
  const now = clock.now()
  const historyFrom = rule.history === null ? null : periodBefore(now, rule.history)
  const readsFrom = rule.reads === null ? null : periodBefore(now, rule.reads)
  const limits = { source: rule.source, historyFrom, readsFrom }
  if (options.dryRun === true) {
    const gone = await countRetention(pool, rule.source, historyFrom, readsFrom)
    return { ...limits, gone, done: true, steps: 0, longestMs: 0 }
  }
  const sourceNo = await beginRetention(pool, rule.source, historyFrom, readsFrom)
  if (sourceNo === null) return null
  const factsHold = historyFrom === null ? 0 : await refreshFacts(pool, sourceNo)
  const pass = new Pass(deps, options, sourceNo, factsHold)
  for (const part of RETENTION_PARTS) {
    const before = HISTORY.has(part) ? historyFrom : readsFrom
    if (before !== null) await pass.through(part, before)
  }
  if (!pass.over) await endRetention(pool, sourceNo)
  const { gone, steps, longestMs } = pass
  return { ...limits, gone, done: !pass.over, steps, longestMs }
}

/** One pass: paces its steps, and counts. */
class Pass {
  gone: Gone = { stays: 0, edits: 0, events: 0, reads: 0 }
  steps = 0
  longestMs = 0
  readonly #deps: RetainDeps
  readonly #options: RetainOptions
  readonly #sourceNo: number
  readonly #factsHold: number
  readonly #began = performance.now()
  #most = FEWEST

  constructor(deps: RetainDeps, options: RetainOptions, sourceNo: number, factsHold: number) {
    this.#deps = deps
    this.#options = options
    this.#sourceNo = sourceNo
    this.#factsHold = factsHold
  }

  /** Ended early. */
  get over(): boolean {
    const { signal, budgetMs = Number.POSITIVE_INFINITY } = this.#options
    return signal.aborted || performance.now() - this.#began > budgetMs
  }

  async through(part: RetentionPart, before: Millis): Promise<void> {
    let from: Place | null = FIRST_PLACE
    while (from !== null && !this.over) {
      const began = performance.now()
      from = await this.#step(part, before, from)
      const took = performance.now() - began
      this.longestMs = Math.max(this.longestMs, took)
      this.#most = Math.round(
        Math.min(
          MOST,
          Math.max(FEWEST, took > STEP_MS ? this.#most / 2 : took < STEP_MS / 2 ? this.#most * 2 : this.#most),
        ),
      )
      await this.#pause(took)
    }
  }

  async #step(part: RetentionPart, before: Millis, from: Place): Promise<Place | null> {
    const step = { part, sourceNo: this.#sourceNo, before, most: this.#most, from, factsHold: this.#factsHold }
    try {
      const { gone, next } = await retentionStep(this.#deps.pool, step)
      this.steps += 1
      const { stays, edits, events, reads } = this.gone
      this.gone = {
        stays: stays + gone.stays,
        edits: edits + gone.edits,
        events: events + gone.events,
        reads: reads + gone.reads,
      }
      return next
    } catch (error) {
      if (!isLockTimeout(error)) throw error
      this.#deps.log.info({ part }, 'retention gives way to whoever holds a lock, and tries again')
      await this.#pause(1_000)
      return from
    }
  }

  /** Half of the time belongs to others. */
  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#options.signal }).catch(() => null)
  }
}
