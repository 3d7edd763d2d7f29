import { VendorError } from '../core/errors.ts'

/** Faults after which no call of the source can succeed: the run ends, and nothing is marked. */
export function isStop(error: unknown): boolean {
  return !(error instanceof VendorError) || error.fault === 'stop' || error.fault === 'pause' || error.fault === 'renew'
}
