import type { Pool } from 'pg'
import { refreshFacts } from '../store/reports/facts.ts'
import type { Log } from './types.ts'

/**
 * Adds a run that has ended to the facts of its source. Without them reports are as right and slower, so no failure here
 * makes a run fail: the next run that ends adds what this one could not, and what a process that died before it left out.
 */
export async function keepFacts({ pool, log }: { readonly pool: Pool; readonly log: Log }, sourceNo: number) {
  try {
    await refreshFacts(pool, sourceNo)
  } catch (error) {
    log.warn({ sourceNo, err: error }, 'the facts were not brought up to date; the next run does it')
  }
}
