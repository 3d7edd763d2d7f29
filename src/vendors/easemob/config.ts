/** What the adapter needs of a `vendor: easemob` source; the texts are checked and resolved before they get here. */
export interface EasemobConfig {
  /** Scheme and host of the app's data centre, e.g. `https://a1.easemob.com`. */
  readonly baseUrl: string
  /** The two halves of the AppKey, `{orgName}#{appName}`. */
  readonly orgName: string
  readonly appName: string
  readonly clientId: string
  readonly clientSecret: string
}
