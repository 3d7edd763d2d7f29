import type { Config } from '../config.ts'
import type { HeldCase } from '../store/held.ts'
import type { Life, SyncResult } from './types.ts'

/** What the verb `held` asks of the rest of the program. */
export interface HeldServices {
  /** Oldest first; of all sources where `source` is null. The rejected ones only where they are asked for. */
  list(
    config: Config,
    ask: { readonly source: string | null; readonly rejected: boolean },
  ): Promise<readonly HeldCase[]>
  /** Reads the group anew and ends what was shown and is still so. Null: there is no such case any more. */
  approve(config: Config, id: number, life: Life): Promise<SyncResult | null>
  /** Keeps the members; false: there is no such case any more. */
  reject(config: Config, id: number): Promise<boolean>
}
