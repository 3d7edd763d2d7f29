import type { Config } from '../../config.ts'
import { knownSources as storedSources } from '../../store/overview.ts'
import { changes as storedChanges, groupShown, membersAt, sourceFacts } from '../../store/queries.ts'
import type { Change, ChangesAsk, MembersAnswer, MembersAsk, SourceStatus, Status } from '../types.ts'
import { openContext } from './context.ts'

export async function readSources(config: Config): Promise<readonly string[]> {
  await using context = await openContext(config)
  return await storedSources(context.pool)
}

export async function readMembers(config: Config, { source, groupId, at }: MembersAsk): Promise<MembersAnswer> {
  await using context = await openContext(config)
  const shown = await groupShown(context.pool, source, groupId)
  if (shown === null) return { meta: null, rows: [] }
  const moment = at ?? Date.now()
  return {
    meta: { ...shown, source, groupId, at: moment },
    rows: await membersAt(context.pool, source, groupId, moment),
  }
}

export async function* readChanges(config: Config, ask: ChangesAsk): AsyncGenerator<Change> {
  await using context = await openContext(config)
  yield* storedChanges(context.pool, ask)
}

/** Sources of the file first, then those that only the database knows. */
export async function readStatus(config: Config): Promise<Status> {
  await using context = await openContext(config)
  const { pool, runs } = context
  const named = new Map<string, string>(config.sources.map((source) => [source.name, source.vendor]))
  for (const name of await storedSources(pool)) if (!named.has(name)) named.set(name, '(not configured)')
  const sources = await Promise.all(
    [...named].map(async ([name, vendor]): Promise<SourceStatus> => {
      const [last, facts] = [await runs.last(name), await sourceFacts(pool, name)]
      return {
        name,
        vendor,
        ...facts,
        held: 0,
        nextRun: null,
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

function verdictOf(verdict: string | null) {
  return verdict === 'complete' || verdict === 'partial' || verdict === 'failed' ? verdict : null
}
