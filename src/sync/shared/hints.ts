import type { Pool } from 'pg'
import { addHints, askForHints, hintsWait, neglectedHints, type StoredHint } from '../../store/hints.ts'
import type { Log } from '../types.ts'
import type { SharedDeps } from './types.ts'

export type Hint = StoredHint

export interface HintedSource {
  readonly name: string
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
    sources.map((source) => [source.name, { source, waiting: [], storing: null, timer: null }]),
  )
  const looks = new Set<Promise<void>>()
  let over = false

  async function store(inbox: Inbox): Promise<void> {
    await Promise.resolve() // what comes in the same breath goes along
    const hints = inbox.waiting.splice(0)
    await addHints(pool, inbox.source.sourceNo, hints)
    lookLater(inbox)
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

/** Asks for a look at what no receiver had looked at in time: it stopped, or enough was under way. */
export async function hintsLeft({ pool }: SharedDeps, afterMs: number): Promise<readonly number[]> {
  const asks: number[] = []
  for (const { sourceNo } of await neglectedHints(pool, afterMs)) {
    const askNo = await askForHints(pool, sourceNo)
    if (askNo !== null) asks.push(askNo)
  }
  return asks
}
