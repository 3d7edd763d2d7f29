/** What the adapter needs of a `vendor: tencent` source; the texts are checked and resolved before they get here. */
export interface TencentConfig {
  readonly sdkAppId: number
  /** An administrator account of the app: its UserSig signs every call. */
  readonly identifier: string
  readonly secretKey: string
  /** Scheme and host, e.g. `https://console.tim.qq.com`; see `TENCENT_REGIONS`. */
  readonly baseUrl: string
  /** Wanted types in any of the vendor's spellings; absent: all. */
  readonly groupTypes?: readonly string[]
  /**
   * The custom fields to keep, by key. Member keys absent: every one the vendor returns. Group keys absent: none, because
   * only fields asked for by name come with every kind of call, and a field that comes and goes would look like history.
   */
  readonly customFields?: { readonly group?: readonly string[]; readonly member?: readonly string[] }
  /** Members a page, default and at most 200: more is allowed by only one of the vendor's two statements (T3.4). */
  readonly pageSize?: number
}
