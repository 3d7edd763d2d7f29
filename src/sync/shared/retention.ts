import { retentionDue } from '../../store/retention.ts'
import type { SharedDeps } from './types.ts'

/** The sources whose retention is to go on: once a day, and until a pass has ended. */
export async function retentionLeft({ pool, retain = [] }: SharedDeps): Promise<readonly string[]> {
  return retain.length === 0
    ? []
    : retentionDue(
        pool,
        retain.map(({ source }) => source),
      )
}
