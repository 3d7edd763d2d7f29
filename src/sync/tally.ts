import { VendorError } from '../core/errors.ts'
import { countsOf, isUnchanged, type RollWrite } from '../core/roll-write.ts'
import type { RunCounts, Verdict } from '../store/runs.ts'

const MAX_NOTES = 20

/** Counts what a run does, and remembers why it is not complete. */
export class Tally {
  readonly #outcome = new Map<string, RollWrite['receipt']['outcome'] | 'unknown'>()
  readonly #unchanged = new Set<string>()
  #read = 0
  #joined = 0
  #left = 0
  #changed = 0
  #problems = 0
  #held = 0
  readonly notes: string[] = []
  /** Why no further call of this source can succeed, or the person's wish to end. */
  stopped: string | null = null

  /** A read that was written (or would be, in a dry run). */
  wrote(write: RollWrite): void {
    const { groupId, outcome, rowsRead } = write.receipt
    this.#outcome.set(groupId, outcome)
    if (outcome === 'complete' && isUnchanged(write)) this.#unchanged.add(groupId)
    this.#read += rowsRead
    const { joined, left, changed } = countsOf(write)
    this.#joined += joined
    this.#left += left
    this.#held += write.held?.accounts.length ?? 0
    this.#changed += changed
    if (outcome === 'partial' || outcome === 'failed' || outcome === 'forbidden') {
      this.note(`group ${groupId}: ${outcome}: ${write.receipt.reason ?? 'no reason given'}`)
    } else if (outcome === 'complete' && write.receipt.reason !== null) {
      this.note(`group ${groupId}: ${write.receipt.reason}`)
    }
  }

  /** Something a list could not tell: groups may be missing from this run. */
  problem(note: string): void {
    this.#problems++
    this.note(note)
  }

  note(text: string): void {
    if (this.notes.length < MAX_NOTES) this.notes.push(text)
    else if (this.notes.length === MAX_NOTES) this.notes.push('… and more, see rollcall.group_reads')
  }

  stop(reason: unknown): void {
    if (this.stopped !== null) return
    this.stopped = reason instanceof VendorError || reason instanceof Error ? reason.message : String(reason)
  }

  get problems(): number {
    return this.#problems
  }
  get done(): number {
    return this.#outcome.size
  }
  get members(): number {
    return this.#read
  }

  counts(): Omit<RunCounts, 'calls' | 'rateLimited'> {
    const of = (...kinds: string[]) => [...this.#outcome.values()].filter((outcome) => kinds.includes(outcome)).length
    return {
      groups: {
        seen: this.#outcome.size,
        complete: of('complete'),
        partial: of('partial'),
        gone: of('gone'),
        failed: of('failed', 'forbidden'),
        unchanged: this.#unchanged.size,
        unwalked: of('unwalked'),
      },
      members: { read: this.#read, joined: this.#joined, left: this.#left, changed: this.#changed, held: this.#held },
    }
  }

  verdict(): Verdict {
    return verdictOf({ groups: this.counts().groups, problems: this.#problems + this.#held, stopped: this.stopped })
  }
}

/** Complete: everything wanted was read. Failed: nothing was. */
export function verdictOf({
  groups,
  problems,
  stopped,
}: {
  readonly groups: RunCounts['groups']
  readonly problems: number
  readonly stopped: string | null
}): Verdict {
  if (stopped === null && problems === 0 && groups.partial + groups.failed === 0) return 'complete'
  if (groups.seen > groups.failed) return 'partial'
  return groups.seen > 0 || stopped !== null || problems > 0 ? 'failed' : 'complete'
}

/** The calls of this run alone: a transport counts for as long as it lives. */
export function since(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(now)
      .map(([endpoint, count]) => [endpoint, count - (before[endpoint] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  )
}
