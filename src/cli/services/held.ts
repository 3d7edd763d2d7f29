import type { Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import { UsageError } from '../../core/errors.ts'
import { type HeldCase, heldCases, rejectHeld } from '../../store/held.ts'
import { withSourceLock } from '../../store/source-lock.ts'
import { approveHeld } from '../../sync/approve.ts'
import type { SyncResult as Synced } from '../../sync/types.ts'
import type { HeldServices } from '../held-types.ts'
import type { Life, SyncResult } from '../types.ts'
import { inContext } from './context.ts'

export const held: HeldServices = {
  list: (config, ask) => inContext(config, {}, ({ pool }) => heldCases(pool, ask)),
  approve: (config, id, life) =>
    inContext(config, { signal: life.signal }, async (context) => {
      const result = await approveIn(context, config, id, life)
      return result === null ? null : resultOf(result)
    }),
  reject: (config, id) => inContext(config, {}, ({ pool }) => rejectHeld(pool, id)),
}

/** Carries out an approval under the source's lock, in a context that is open already. */
export async function approveIn(
  context: Context,
  config: Config,
  id: number,
  { signal, progress }: Pick<Life, 'signal' | 'progress'>,
): Promise<Synced | null> {
  const { pool, runs, clock, log, trace } = context
  const [one] = await heldCases(pool, { id, rejected: true })
  if (one === undefined) return null
  await using source = context.openSource(sourceOf(config, one), { urgent: true })
  const onWait = () => progress.note(`${one.source}: a sync of this source is running; waiting for it to end …`)
  return await withSourceLock(pool, one.source, { wait: true, onWait, signal }, () =>
    approveHeld({ pool, runs, clock, log, trace }, source, id, signal),
  )
}

function sourceOf({ sources, configPath }: Config, { source }: HeldCase) {
  const found = sources.find(({ name }) => name === source)
  if (found !== undefined) return found
  throw new UsageError(
    `The source "${source}" is not in ${configPath}, so its group cannot be read again: put it back.`,
  )
}

function resultOf({ notes, ...synced }: Synced): SyncResult {
  return { ...synced, problems: notes }
}
