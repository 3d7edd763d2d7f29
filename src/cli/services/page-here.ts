import type { Config, SourceConfig } from '../../config.ts'
import type { Context } from '../../context.ts'
import type { Resync, ResyncAsk, ResyncState } from '../../http/types.ts'
import type { SyncResult } from '../types.ts'
import { syncOne } from './sync.ts'

/** How many ended ones are remembered. */
const REMEMBERED = 200

/**
 * Resyncs within this process, without a queue: for the demo, whose vendors live here as well.
 *
 * @param before what happens before each begins
 */
export function resyncHere(
  context: Context,
  sources: Config['sources'],
  signal: AbortSignal,
  before: (source: SourceConfig, ask: ResyncAsk) => void = () => {},
): Resync {
  const states = new Map<string, ResyncState>()
  let newest = 0
  const same = (a: ResyncAsk, b: ResyncAsk): boolean => keyOf(a) === keyOf(b)
  const update = (id: string, change: Partial<ResyncState>): void => {
    const state = states.get(id)
    if (state !== undefined) states.set(id, { ...state, ...change })
  }
  const work = async (id: string, source: SourceConfig, ask: ResyncAsk): Promise<void> => {
    before(source, ask)
    const progress = {
      update: (_: string, seen: { groupsDone: number; groupsKnown: number; members: number; calls: number }): void =>
        update(id, {
          state: 'running',
          groupsDone: seen.groupsDone,
          groupsKnown: seen.groupsKnown,
          members: seen.members,
          calls: seen.calls,
        }),
      done() {},
      note() {},
      stop() {},
    }
    const one = { sources: [], groups: ask.groups, accounts: ask.accounts, dryRun: false, wait: true }
    update(id, ended(await syncOne(context, source, one, { signal, progress })))
  }
  return {
    async start(ask) {
      const source = sources.find(({ name }) => name === ask.source)
      if (source === undefined) throw new RangeError(`no source is called ${ask.source}`)
      const waiting = [...states.values()].find(
        (state) => (state.state === 'waiting' || state.state === 'running') && same(state, ask),
      )
      if (waiting !== undefined) return waiting
      newest++
      const id = String(newest)
      const state: ResyncState = { ...ask, id, state: 'waiting', runId: null, ...NOTHING, note: null }
      states.set(id, state)
      for (const old of [...states.keys()].slice(0, -REMEMBERED)) states.delete(old)
      work(id, source, ask).catch((error: unknown) => {
        context.log.warn({ err: error }, 'a resync failed')
        update(id, { state: 'failed', note: 'The read failed; the log says why.' })
      })
      return state
    },
    state: async (id) => states.get(id) ?? null,
  }
}

const NOTHING = { groupsDone: 0, groupsKnown: 0, members: 0, calls: 0 }

const keyOf = ({ source, groups, accounts }: ResyncAsk): string => JSON.stringify([source, groups, accounts])

function ended(result: SyncResult): Partial<ResyncState> {
  const { joined, left, changed, read } = result.members
  return {
    state: result.verdict === 'failed' ? 'failed' : 'done',
    runId: result.runId === null ? null : Number(result.runId),
    groupsDone: result.groups.seen,
    groupsKnown: result.groups.seen,
    members: read,
    calls: Object.values(result.calls).reduce((sum, calls) => sum + calls, 0),
    note: result.error ?? `${joined} joined, ${left} left, ${changed} changed`,
  }
}
