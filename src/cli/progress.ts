import type { Writable } from 'node:stream'
import ora from 'ora'
import type { Clock } from '../core/clock.ts'
import { clean, count } from './format.ts'
import type { Verdict } from './types.ts'

export interface Snapshot {
  readonly groupsDone: number
  /** Grows while groups are still being found. */
  readonly groupsKnown: number
  readonly members: number
  readonly calls: number
  readonly callsPerSecond: number
  /** `getGroupMemberInfo 0.4 s (limit)`; null when nothing is waited for. */
  readonly waiting: string | null
  /** `discovering`, `reading`, …; empty where it goes without saying. */
  readonly phase: string
}

/** Live progress of long work, for people. */
export interface Progress {
  update(source: string, snapshot: Snapshot): void
  /** The source has ended; the line stays. */
  done(source: string, summary: string, verdict?: Verdict): void
  /** A sentence that stays, above the live line. */
  note(sentence: string): void
  stop(): void
}

const EVERY_MS = 5_000
const SYMBOLS: Readonly<Record<Verdict, string>> = { complete: '✓', partial: '!', failed: '✗' }

/** One live line on a terminal; elsewhere, and on a terminal that does not know its width, a plain line every five seconds. */
export function createProgress(
  stderr: Writable & { isTTY?: boolean; columns?: number },
  options: { clock?: Clock } = {},
): Progress {
  // At a width of 0 (a terminal without a window: `docker run -t`, some CI) ora would clear lines without end.
  return stderr.isTTY === true && (stderr.columns ?? 0) > 0
    ? liveLine(stderr)
    : plainLines(stderr, options.clock ?? { now: Date.now })
}

/** `acme-tencent  groups 120/300 · members 12,345 · calls 456 · 78/s · waiting: getGroupMemberInfo 0.4 s (limit)`. */
export function renderSnapshot(source: string, snapshot: Snapshot): string {
  const parts = [
    snapshot.phase,
    `groups ${count(snapshot.groupsDone)}/${count(snapshot.groupsKnown)}`,
    `members ${count(snapshot.members)}`,
    `calls ${count(snapshot.calls)}`,
    `${count(Math.round(snapshot.callsPerSecond))}/s`,
    snapshot.waiting === null ? '' : `waiting: ${snapshot.waiting}`,
  ]
  return `${clean(source)}  ${parts.filter((part) => part !== '').join(' · ')}`
}

function liveLine(stderr: Writable): Progress {
  // stdin is left alone: Ctrl-C must reach the process as the signal it is.
  const spinner = ora({ stream: stderr, discardStdin: false, spinner: 'dots', isEnabled: true })
  const running = new Map<string, string>()
  const stop = (): void => {
    if (spinner.isSpinning) spinner.stop()
  }
  const draw = (): void => {
    spinner.text = [...running.values()].join('\n  ')
    if (running.size === 0) stop()
    else if (!spinner.isSpinning) spinner.start()
  }
  const keep = (symbol: string, text: string): void => {
    spinner.stopAndPersist({ symbol, text })
    draw()
  }
  return {
    update(source, snapshot) {
      running.set(source, renderSnapshot(source, snapshot))
      draw()
    },
    done(source, summary, verdict = 'complete') {
      running.delete(source)
      keep(SYMBOLS[verdict], `${clean(source)}  ${summary}`)
    },
    note: (sentence) => keep(' ', sentence),
    stop,
  }
}

function plainLines(stderr: Writable, clock: Clock): Progress {
  const last = new Map<string, number>()
  const print = (text: string): void => void stderr.write(`${text}\n`)
  return {
    update(source, snapshot) {
      const now = clock.now()
      const before = last.get(source)
      if (before !== undefined && now - before < EVERY_MS) return
      last.set(source, now)
      // The first update only starts the clock: short work prints nothing but its end.
      if (before !== undefined) print(renderSnapshot(source, snapshot))
    },
    done(source, summary) {
      last.delete(source)
      print(`${clean(source)}  ${summary}`)
    },
    note: print,
    stop() {},
  }
}
