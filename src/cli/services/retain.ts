import type { Config } from '../../config.ts'
import { type Retained, retain } from '../../sync/retain.ts'
import { keptFrom } from '../../store/retention.ts'
import type { Life, RetainAsk } from '../types.ts'
import { inContext } from './context.ts'
import { retainRules } from './queue.ts'

export function readKept(config: Config, source: string | null): ReturnType<typeof keptFrom> {
  return inContext(config, {}, ({ pool }) => keptFrom(pool, source))
}

/** One source after the other; those that the database does not know yet have nothing to drop. */
export function runRetain(config: Config, { sources, dryRun }: RetainAsk, life: Life): Promise<readonly Retained[]> {
  return inContext(config, { signal: life.signal }, async (context) => {
    const done: Retained[] = []
    for (const rule of retainRules(config.sources)) {
      if (!sources.includes(rule.source) || life.signal.aborted) continue
      const retained = await retain(context, rule, { signal: life.signal, dryRun })
      if (retained !== null) done.push(retained)
    }
    return done
  })
}
