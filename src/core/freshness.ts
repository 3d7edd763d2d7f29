import type { Millis } from './member.ts'

/** What one read of everything cost. */
export interface RoundCost {
  /** Calls by endpoint. */
  readonly calls: Readonly<Record<string, number>>
  readonly groups: number
}

/**
 * How long a read of everything takes at these rates (calls a second by endpoint), ms: the endpoint that takes longest
 * decides, since they are paced side by side.
 *
 * @example roundMs({ calls: { getGroupInfo: 600, getRoleInGroup: 4 }, groups: 30_000 }, { getGroupInfo: 50, getRoleInGroup: 100 }) // 12_000
 */
export function roundMs({ calls }: RoundCost, rates: Readonly<Record<string, number>>): Millis {
  const seconds = Object.entries(calls).map(([endpoint, n]) => n / (rates[endpoint] ?? Number.POSITIVE_INFINITY))
  return Math.ceil(Math.max(0, ...seconds) * 1000)
}

/** Each batch is about this long at the source's rates: short enough to choose anew often, long enough to fill batched calls. */
const BATCH_MS = 60_000
const LEAST = 50
const MOST = 5_000

/** How many groups to read before it is chosen anew which are neediest. */
export function batchSize(cost: RoundCost | null, rates: Readonly<Record<string, number>>): number {
  if (cost === null) return LEAST
  const perGroup = roundMs(cost, rates) / cost.groups
  return Math.min(MOST, Math.max(LEAST, Math.floor(BATCH_MS / perGroup)))
}
