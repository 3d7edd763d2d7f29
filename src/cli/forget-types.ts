import type { Config } from '../config.ts'
import type { Replaced } from '../store/forget/forget.ts'
import type { Life } from './types.ts'

export interface ForgetAsk {
  readonly account: string
  /** Null: every source that knows the account. */
  readonly source: string | null
  readonly dryRun: boolean
}

/** What forgetting came to in one source. */
export interface ForgetAnswer {
  readonly source: string
  readonly pseudonym: string
  /** Null in a dry run. */
  readonly forgottenAt: number | null
  /** It was forgotten before: this has looked again, and replaced what an attempt that broke off had left. */
  readonly before: boolean
  readonly replaced: Replaced
}

/** What the verb `forget` asks of the rest of the program. */
export type Forget = (config: Config, ask: ForgetAsk, life: Life) => Promise<readonly ForgetAnswer[]>
