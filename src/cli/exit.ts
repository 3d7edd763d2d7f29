import { OperatorError, UsageError, VendorError } from '../core/errors.ts'
import type { SyncResult } from './types.ts'

/** The exit codes of every verb. */
export const EXIT = { complete: 0, failed: 1, usage: 2, partial: 3, interrupted: 130 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export function exitOfSync(results: readonly SyncResult[]): ExitCode {
  if (results.length > 0 && results.every((result) => result.verdict === 'failed')) return EXIT.failed
  const clean = results.every((result) => result.verdict === 'complete' && result.members.held === 0)
  return clean && !results.some((result) => result.interrupted) ? EXIT.complete : EXIT.partial
}

/** System errors that a person can mend, with the cure. */
const SYSTEM: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: make room and run this again; what was written before is kept.',
  EDQUOT: 'The disk quota of this user is used up: make room and run this again; what was written before is kept.',
  EROFS: 'The disk is read-only: use another ROLLCALL_DATA_DIR.',
  EACCES: 'This user lacks a permission: check the owner of the folder, or use another ROLLCALL_DATA_DIR.',
  EPERM: 'This user lacks a permission: check the owner of the folder, or use another ROLLCALL_DATA_DIR.',
  EMFILE: 'Too many open files: raise the limit (ulimit -n).',
  EADDRINUSE: 'The port is in use: choose another with --port.',
}

/** What a person reads of an error, and the exit code. `debug` adds where it happened, for errors nobody expected. */
export function explain(error: unknown, debug: boolean): { message: string; code: ExitCode } {
  if (error instanceof UsageError) return { message: error.message, code: EXIT.usage }
  if (error instanceof OperatorError || error instanceof VendorError) {
    return { message: error.message, code: EXIT.failed }
  }
  const cure = error instanceof Error && 'code' in error ? SYSTEM[String(error.code)] : undefined
  const message = error instanceof Error ? error.message : String(error)
  if (cure !== undefined) return { message: `${cure} (${message})`, code: EXIT.failed }
  const where = debug && error instanceof Error ? `\n${error.stack ?? ''}${causes(error.cause)}` : ''
  const next = debug ? '' : ' LOG_LEVEL=debug shows where it happened.'
  return {
    message: `Rollcall failed in a way it should not: ${message}\nThis is a fault of Rollcall: please report it with the command you ran.${next}${where}`,
    code: EXIT.failed,
  }
}

const causes = (cause: unknown): string =>
  cause instanceof Error ? `\ncaused by: ${cause.stack ?? cause.message}${causes(cause.cause)}` : ''
