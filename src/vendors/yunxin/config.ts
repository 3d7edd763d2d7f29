import type { TeamType } from './team.ts'

/** What the adapter needs of a `vendor: yunxin` source; the texts are checked and resolved before they get here. */
export interface YunxinConfig {
  /** Scheme and host, e.g. `https://open.yunxinapi.com` (China) or `https://open-sg.yunxinapi.com` (Singapore). */
  readonly baseUrl: string
  readonly appKey: string
  readonly appSecret: string
  /** 1 advanced, 2 super. */
  readonly teamTypes: readonly TeamType[]
}
