import { JOBS } from '../../../jobs/index.ts'
import { type Config, secretsOf } from '../../config.ts'
import { type Context, createContext } from '../../context.ts'
import { OperatorError } from '../../core/errors.ts'
import { createLog, type Log } from '../../log.ts'
import { openService, type Service, type Wanted } from '../../queue/service.ts'
import type { RetainRule } from '../../sync/retain.ts'
import type { Fresh } from '../../sync/shared/types.ts'
import type { Life } from '../types.ts'

/** A context and the queue over it. */
export interface Workplace extends AsyncDisposable {
  readonly context: Context
  readonly service: Service
}

export async function openWorkplace(config: Config, life: Life, log: Log): Promise<Workplace> {
  const context = await createContext(config, { log, signal: life.signal })
  try {
    const { pool, runs, clock, databaseUrl, trace } = context
    const openSource: Parameters<typeof openService>[1]['openSource'] = (name, options) => {
      const source = config.sources.find((one) => one.name === name)
      if (source !== undefined) return context.openSource(source, options)
      throw new OperatorError(`the source "${name}" is not in ${config.configPath} of this worker`)
    }
    const place = { redisUrl: config.redisUrl, databaseUrl, traced: trace !== undefined }
    const deps = {
      pool,
      runs,
      clock,
      log,
      openSource,
      fresh: freshOf(config),
      retain: retainRules(config.sources),
      trace,
    }
    const service = await openService(place, deps, JOBS)
    return {
      context,
      service,
      async [Symbol.asyncDispose]() {
        try {
          await service[Symbol.asyncDispose]()
        } finally {
          await context[Symbol.asyncDispose]()
        }
      },
    }
  } catch (error) {
    await context[Symbol.asyncDispose]()
    throw error
  }
}

const freshOf = ({ sources }: Config): readonly Fresh[] =>
  sources.flatMap(({ name, vendor, freshness, rates }) =>
    freshness === null ? [] : [{ source: name, vendor, targetMs: freshness.targetMs, rates }],
  )

/** The sources that do not keep everything for ever. */
export const retainRules = (sources: Config['sources']): readonly RetainRule[] =>
  sources.flatMap(({ name, retain }) =>
    retain.history === null && retain.reads === null ? [] : [{ source: name, ...retain }],
  )

/** The log of a service: what it does goes to stderr at the level asked for. */
export const serviceLog = (config: Config): Log => createLog({ level: config.logLevel, secrets: secretsOf(config) })
/** The log of a verb that talks to a person: only what is wrong. */
export const quietLog = (config: Config): Log =>
  createLog({ level: config.logLevel === 'info' ? 'error' : config.logLevel, secrets: secretsOf(config) })

export const schedulesOf = (config: Config): readonly Wanted[] =>
  config.sources.flatMap(({ name, schedule, timezone }) =>
    schedule === null ? [] : [{ source: name, pattern: schedule, timezone }],
  )
