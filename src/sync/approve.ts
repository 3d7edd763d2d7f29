import { heldCases } from '../store/held.ts'
import { syncSource } from './sync-source.ts'
import type { SyncDeps, SyncResult, SyncSource } from './types.ts'

/**
 * Carries out a person's approval: the group is read anew, in a run of its own, and of what was shown that ends which is
 * still so. The source's lock is the caller's business. Null where the case is gone, or something else is held by now.
 */
export async function approveHeld(
  deps: SyncDeps,
  source: SyncSource,
  id: number,
  signal: AbortSignal,
): Promise<SyncResult | null> {
  const [held] = await heldCases(deps.pool, { id, source: source.name, rejected: true })
  if (held === undefined) return null
  const approval = { kind: held.kind, accounts: new Set(held.accounts) }
  return syncSource(
    deps,
    source,
    {
      trigger: 'manual',
      scope: { groups: [held.groupId], accounts: [] },
      approved: new Map([[held.groupId, approval]]),
    },
    signal,
  )
}
