import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Pool } from 'pg'
import type { SourceConfig } from '../../config.ts'
import { nextTick } from '../../core/tick.ts'
import { createHttp } from '../../http/server.ts'
import type { ConfiguredSource, Held, Hook, HttpSettings, QueueState, Resync } from '../../http/types.ts'
import type { Log } from '../../log.ts'
import { createPageData } from '../../store/page/page.ts'
import { readVersion } from '../version.ts'

export interface PageParts {
  readonly pool: Pool
  readonly log: Log
  readonly sources: readonly SourceConfig[]
  readonly http: HttpSettings
  /** Null: this process reads no vendor. */
  readonly resync: Resync | null
  readonly held: Held | null
  readonly queue: QueueState | null
  readonly hooks?: ReadonlyMap<string, Hook>
}

/** Serves the web page, the API, health and metrics until it is disposed of. */
export function startPage(parts: PageParts): Promise<AsyncDisposable & { readonly url: string }> {
  const { pool, log, sources, http, resync, held, queue, hooks } = parts
  const data = createPageData(pool)
  const deps = {
    data,
    log,
    sources: sources.map(configured),
    resync,
    held,
    queue,
    ...(hooks === undefined ? {} : { hooks }),
    version: readVersion(),
    webRoot: webRoot(),
  }
  return createHttp(deps, http)
}

function configured({ name, vendor, schedule, timezone, rates }: SourceConfig): ConfiguredSource {
  return {
    name,
    vendor,
    schedule: schedule === null ? null : { pattern: schedule, timezone },
    nextRun: (after) => (schedule === null ? null : nextTick(schedule, timezone, after)),
    rates,
  }
}

/** The built page: beside the compiled program, or where the build leaves it for the sources. */
function webRoot(): string {
  const compiled = fileURLToPath(new URL('../../../web/', import.meta.url))
  return existsSync(`${compiled}/assets`) ? compiled : fileURLToPath(new URL('../../../dist/web/', import.meta.url))
}
