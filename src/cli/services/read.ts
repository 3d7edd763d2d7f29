import type { Pool } from 'pg'
import type { Config } from '../../config.ts'
import type { Evidence } from '../../core/evidence.ts'
import { evidenceOf } from '../../store/evidence.ts'
import { heldCount } from '../../store/held.ts'
import { quarantined } from '../../store/quarantine.ts'
import { roundMs } from '../../core/freshness.ts'
import { nextTick } from '../../core/tick.ts'
import { roundCost } from '../../store/freshness.ts'
import { knownSources as storedSources } from '../../store/overview.ts'
import { changes as storedChanges, groupShown, membersAt, sourceFacts } from '../../store/queries.ts'
import type { Change, ChangesAsk, MembersAnswer, MembersAsk, SourceStatus, Status } from '../types.ts'
import type { Context } from '../../context.ts'
import { cured, inContext, openContext } from './context.ts'

export async function readSources(config: Config): Promise<readonly string[]> {
  return inContext(config, {}, ({ pool }) => storedSources(pool))
}

export async function readMembers(config: Config, { source, groupId, at }: MembersAsk): Promise<MembersAnswer> {
  return inContext(config, {}, async ({ pool }) => {
    const shown = await groupShown(pool, source, groupId)
    if (shown === null) return { meta: null, rows: [] }
    const moment = at ?? Date.now()
    return { meta: { ...shown, source, groupId, at: moment }, rows: await membersAt(pool, source, groupId, moment) }
  })
}

export function readEvidence(config: Config, id: string, about: 'member' | 'group'): Promise<Evidence | null> {
  return inContext(config, {}, ({ pool }) => evidenceOf(pool, id, about))
}

export async function* readChanges(config: Config, ask: ChangesAsk): AsyncGenerator<Change> {
  try {
    await using context = await openContext(config)
    yield* storedChanges(context.pool, ask)
  } catch (error) {
    throw cured(error)
  }
}

/** Of the records not understood; the view of all is for whoever mends the adapter. */
const RECORDS_SHOWN = 5

/** Sources of the file first, then those that only the database knows. */
export function readStatus(config: Config): Promise<Status> {
  return inContext(config, {}, (context) => statusOf(context, config))
}

async function statusOf({ pool, runs }: Context, config: Config): Promise<Status> {
  const named = new Map<string, string>(config.sources.map((source) => [source.name, source.vendor]))
  for (const name of await storedSources(pool)) if (!named.has(name)) named.set(name, '(not configured)')
  const sources = await Promise.all(
    [...named].map(async ([name, vendor]): Promise<SourceStatus> => {
      const [last, facts] = [await runs.last(name), await sourceFacts(pool, name)]
      return {
        name,
        vendor,
        ...facts,
        held: await heldCount(pool, name),
        quarantine: await quarantined(pool, name, RECORDS_SHOWN),
        nextRun: nextRunOf(config, name),
        ...(await freshnessOf(pool, config, name)),
        lastRun:
          last === null
            ? null
            : {
                ...last,
                verdict: verdictOf(last.verdict),
                startedAt: last.startedAt.getTime(),
                finishedAt: last.finishedAt?.getTime() ?? null,
                durationMs: last.durationMs ?? 0,
              },
      }
    }),
  )
  return { sources }
}

async function freshnessOf(pool: Pool, config: Config, name: string): Promise<Pick<SourceStatus, 'freshness'>> {
  const source = config.sources.find((one) => one.name === name)
  if (source === undefined || source.freshness === null) return {}
  const cost = await roundCost(pool, name)
  return { freshness: { ...source.freshness, roundMs: cost === null ? null : roundMs(cost, source.rates) } }
}

function nextRunOf(config: Config, name: string): number | null {
  const source = config.sources.find((one) => one.name === name)
  if (source === undefined || source.schedule === null) return null
  return nextTick(source.schedule, source.timezone, Date.now())
}

function verdictOf(verdict: string | null) {
  return verdict === 'complete' || verdict === 'partial' || verdict === 'failed' ? verdict : null
}
