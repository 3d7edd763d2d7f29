import { OperatorError } from '../core/errors.ts'

/** What becomes of a job whose work threw. */
export type Outcome =
  /** Nothing is left to do: another attempt has the work. */
  | { readonly do: 'end' }
  /** Back into the queue at once, for another worker. */
  | { readonly do: 'handBack' }
  /** Again in a while, however often: what is missing comes back. */
  | { readonly do: 'later'; readonly ms: number }
  /** Counts as a failed attempt; BullMQ repeats it a few times. */
  | { readonly do: 'fail' }

export const LATER_MS = 5_000

/** Errors of a connection that pg, ioredis and BullMQ let through as they are. */
const OUTAGES =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|Connection terminated|Connection is closed|Socket timeout|timeout exceeded when trying to connect|Query read timeout|terminating connection|the database system is/

/**
 * SQLSTATEs that say what the server lacks, never what is wrong with the work: 53 disk, memory or connections run out, 57P
 * a server that goes or comes, 58 a disk in trouble, 25P03 a transaction that stood still.
 */
const SERVERS = /^(53\w{3}|57P\w{2}|58\w{3}|25P03)$/

/**
 * One error, one outcome.
 *
 * @param life whether this worker stops, and whether the lock of the job is lost
 */
export function outcomeOf(error: unknown, life: { readonly stopping: boolean; readonly lost: boolean }): Outcome {
  const name = error instanceof Error ? error.name : ''
  if (life.lost || name === 'FencedError') return { do: 'end' }
  if (life.stopping || name === 'HandBackError') return { do: 'handBack' }
  const outage =
    error instanceof OperatorError ||
    (error instanceof Error && (SERVERS.test(stateOf(error)) || OUTAGES.test(`${codeOf(error)} ${error.message}`)))
  return outage ? { do: 'later', ms: LATER_MS } : { do: 'fail' }
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '')

/** Prisma keeps the server's SQLSTATE out of sight. */
function stateOf(error: Error): string {
  const meta: unknown = 'meta' in error ? error.meta : undefined
  const state = (meta as { driverAdapterError?: { cause?: { originalCode?: unknown } } } | undefined)
    ?.driverAdapterError?.cause?.originalCode
  return typeof state === 'string' ? state : codeOf(error)
}
