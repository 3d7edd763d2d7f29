import type { Pool } from 'pg'
import { addHints, askForHints, hintsWait, neglectedHints, type StoredHint } from '../../store/hints.ts'
import type { Names } from '../../core/pseudonym.ts'
import type { Log } from '../types.ts'
import { type NamedBy, namesNow } from '../with-names.ts'
import type { SharedDeps } from './types.ts'

export type Hint = StoredHint

export interface HintedSource extends NamedBy {
  readonly sourceNo: number
  readonly windowMs: number
}

export interface Intake extends AsyncDisposable {
  /** Resolves once the hint is stored: whoever is answered then has been heard. */
  take(source: string, hint: Hint): Promise<void>
}

interface Inbox {
  readonly source: HintedSource
  waiting: Hint[]
  storing: Promise<void> | null
  timer: NodeJS.Timeout | null
  /** Under which names accounts are kept; null until that is asked. */
  kept: Awaited<ReturnType<typeof namesNow>> | null
}

/**
 * Gathers hints and has their groups read, once for each window however many events came. What comes in while a statement
 * is under way goes with the next, so that a burst costs a few statements.
 *
 * @param queue queues the reading of an ask
 */
export function createIntake(
  { pool, log }: { readonly pool: Pool; readonly log: Log },
  sources: readonly HintedSource[],
  queue: (askNo: number) => Promise<void>,
): Intake {
  const inboxes = new Map<string, Inbox>(
    sources.map((source) => [source.name, { source, waiting: [], storing: null, timer: null, kept: null }]),
  )
  const looks = new Set<Promise<void>>()
  let over = false

  async function store(inbox: Inbox): Promise<void> {
    await Promise.resolve() // what comes in the same breath goes along
    const hints = inbox.waiting.splice(0)
    const { source } = inbox
    // Asked anew only where somebody was forgotten since.
    do inbox.kept ??= await namesNow(pool, source, source.sourceNo)
    while (!(await keep(inbox, hints)))
    lookLater(inbox)
  }
  async function keep(inbox: Inbox, hints: readonly Hint[]): Promise<boolean> {
    const { kept, source } = inbox
    const named = kept === null || kept.names === null ? hints : hints.map((hint) => underNames(hint, kept.names))
    if (await addHints(pool, source.sourceNo, named, kept?.forgets ?? 0)) return true
    inbox.kept = null
    return false
  }
  function lookLater(inbox: Inbox): void {
    if (over) return
    inbox.timer ??= setTimeout(() => {
      inbox.timer = null
      const look = lookNow(inbox).finally(() => looks.delete(look))
      looks.add(look)
    }, inbox.source.windowMs)
  }
  async function lookNow(inbox: Inbox): Promise<void> {
    try {
      const askNo = await askForHints(pool, inbox.source.sourceNo)
      if (askNo !== null) await queue(askNo)
      if (await hintsWait(pool, inbox.source.sourceNo)) lookLater(inbox)
    } catch (error) {
      // The hints are stored: the watch has them looked at.
      log.warn({ err: error, source: inbox.source.name }, 'groups to look at could not be queued; the watch will do it')
    }
  }
  return {
    async take(name, hint) {
      const inbox = inboxes.get(name)
      if (inbox === undefined) throw new RangeError(`no source called ${name} takes hints`)
      inbox.waiting.push(hint)
      // One statement at a time; whoever comes while it runs waits for the next.
      while (inbox.waiting.includes(hint)) {
        inbox.storing ??= store(inbox).finally(() => {
          inbox.storing = null
        })
        await inbox.storing
      }
    },
    async [Symbol.asyncDispose]() {
      over = true
      for (const { timer } of inboxes.values()) if (timer !== null) clearTimeout(timer)
      await Promise.allSettled(looks)
    },
  }
}

function underNames({ groupIds, moves }: Hint, names: Names | null): Hint {
  return { groupIds, moves: moves.map((move) => ({ ...move, accountId: names?.of(move.accountId) ?? move.accountId })) }
}

/** Asks for a look at what no receiver had looked at in time: it stopped, or enough was under way. */
export async function hintsLeft({ pool }: SharedDeps, afterMs: number): Promise<readonly number[]> {
  const asks: number[] = []
  for (const { sourceNo } of await neglectedHints(pool, afterMs)) {
    const askNo = await askForHints(pool, sourceNo)
    if (askNo !== null) asks.push(askNo)
  }
  return asks
}
