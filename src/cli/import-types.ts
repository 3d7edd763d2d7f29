import type { Config } from '../config.ts'
import type { ImportShown } from '../store/imports.ts'
import type { ImportAsk, ImportResult } from '../sync/import/import-file.ts'
import type { Life } from './types.ts'

/** What the verb `import` asks of the rest of the program. */
export interface ImportServices {
  /** All of the file, or (UsageError with every fault) nothing of it. */
  run(config: Config, ask: ImportAsk & { readonly source: string }, life: Life): Promise<ImportResult>
  /** Oldest first; of all sources where `source` is null. */
  list(config: Config, source: string | null): Promise<readonly ImportShown[]>
  /** Null: the source has no such import. */
  remove(config: Config, source: string, id: number): Promise<{ readonly file: string; readonly stays: number } | null>
}
