import { ENDPOINTS, TENCENT_REGIONS } from '../core/endpoints.ts'
import type { Period } from '../core/period.ts'
import type { WrittenSource } from './source.ts'

export interface Discovery {
  /** From `accounts` and `accountsFile`, each once. */
  readonly accounts: readonly string[]
  readonly allGroups: boolean
  readonly groups: readonly string[]
  /** `members`: also crawl the accounts found as members of discovered groups. */
  readonly expand: 'members' | 'none'
}
export interface Guard {
  readonly count: number
  readonly percent: number
}

/** How long what is over is kept; null: for ever. */
export interface Retain {
  /** Stays that have ended, with their changes, and changes of groups. */
  readonly history: Period | null
  /** Receipts of reads, and answered asks. */
  readonly reads: Period | null
}

interface CommonSource {
  readonly name: string
  readonly baseUrl: string
  readonly discover: Discovery
  readonly rateShare: number
  /** Calls a second this worker may use, for every endpoint: `limits`, else the documented limit × `rateShare`. */
  readonly rates: Readonly<Record<string, number>>
  readonly timeoutMs: number
  /** Cron, five fields; null: on demand only. */
  readonly schedule: string | null
  readonly timezone: string
  /** A tick while the run before it is still going: skipped, or its run waits for the end of the other. */
  readonly overlap: 'skip' | 'queue'
  /** The most that may lie between two walks of a group in whose details nothing changes; null: every sync walks. */
  readonly fullEveryMs: number | null
  /** Between the runs of the schedule: no group's newest read is to be older than this. */
  readonly freshness: { readonly targetMs: number } | null
  /** No account is kept by its own name, from the first read on. */
  readonly pseudonymize: boolean
  /** How long closed stays, and receipts of reads, are kept; null: for ever. */
  readonly retain: Retain
  readonly leaveGuard: Guard
  readonly dissolveGuard: Guard
}
/** Hints by webhook. `windowMs`: how long they are gathered; `maxAgeMs`: how far the time of a request may be off. */
export interface WebhookSettings {
  readonly windowMs: number
  readonly maxAgeMs: number
}
export interface TencentSource extends CommonSource {
  readonly vendor: 'tencent'
  readonly sdkAppId: number
  readonly identifier: string
  readonly secretKey: string
  /** In the normal form (Work → Private, Meeting → ChatRoom); null: all. */
  readonly groupTypes: readonly string[] | null
  /** Names of the custom fields to ask for; null: whatever the vendor returns. */
  readonly webhook: (WebhookSettings & { readonly token: string }) | null
  readonly customFields: { readonly group: readonly string[] | null; readonly member: readonly string[] | null }
}
export interface EasemobSource extends CommonSource {
  readonly vendor: 'easemob'
  readonly orgName: string
  readonly appName: string
  readonly clientId: string
  readonly clientSecret: string
  readonly webhook: (WebhookSettings & { readonly secret: string }) | null
}
export interface YunxinSource extends CommonSource {
  readonly vendor: 'yunxin'
  readonly appKey: string
  readonly appSecret: string
  /** 1 advanced, 2 super. */
  readonly teamTypes: readonly number[]
  readonly webhook: WebhookSettings | null
}
export type SourceConfig = TencentSource | EasemobSource | YunxinSource

/** A checked source with every default filled in. `moreAccounts` come from its accounts file. */
export function completeSource(written: WrittenSource, moreAccounts: readonly string[]): SourceConfig {
  const {
    discover,
    name,
    rateShare,
    timeoutMs,
    timezone,
    overlap,
    sync,
    freshness,
    pseudonymize,
    retain,
    leaveGuard,
    dissolveGuard,
  } = written
  const once = (accounts: readonly string[]): string[] => [...new Set(accounts)]
  const listed = [...discover.accounts, ...moreAccounts]
  const common = {
    name,
    // Easemob and Yunxin ignore case; their adapters write accounts in lower case.
    discover: {
      accounts: once(written.vendor !== 'tencent' ? listed.map((account) => account.toLowerCase()) : listed),
      allGroups: discover.allGroups,
      groups: once(discover.groups),
      expand: discover.expand,
    },
    rateShare,
    rates: ratesOf(ENDPOINTS[written.vendor], written.limits ?? {}, rateShare),
    timeoutMs,
    schedule: written.schedule ?? null,
    timezone,
    overlap,
    fullEveryMs: sync?.fullEvery ?? null,
    freshness: freshness === undefined ? null : { targetMs: freshness.target },
    pseudonymize,
    retain: { history: retain?.history ?? null, reads: retain?.reads ?? null },
    leaveGuard,
    dissolveGuard,
  }
  switch (written.vendor) {
    case 'tencent': {
      const { vendor, sdkAppId, identifier, secretKey, customFields, groupTypes } = written
      const webhook =
        written.webhook === undefined ? null : { ...settings(written.webhook), token: written.webhook.token }
      const baseUrl = written.baseUrl ?? TENCENT_REGIONS[written.region ?? 'cn']
      const fields = { group: customFields?.group ?? null, member: customFields?.member ?? null }
      const types = groupTypes === undefined ? null : once(groupTypes)
      return {
        ...common,
        vendor,
        baseUrl,
        sdkAppId,
        identifier,
        secretKey,
        groupTypes: types,
        customFields: fields,
        webhook,
      }
    }
    case 'easemob': {
      const { vendor, baseUrl, orgName, appName, clientId, clientSecret } = written
      const webhook =
        written.webhook === undefined ? null : { ...settings(written.webhook), secret: written.webhook.secret }
      return { ...common, vendor, baseUrl, orgName, appName, clientId, clientSecret, webhook }
    }
    case 'yunxin': {
      const { vendor, baseUrl, appKey, appSecret, teamTypes } = written
      const webhook = written.webhook === undefined ? null : settings(written.webhook)
      return { ...common, vendor, baseUrl, appKey, appSecret, teamTypes: [...new Set(teamTypes ?? [1, 2])], webhook }
    }
  }
}

const settings = ({ window, maxAge }: { window: number; maxAge: number }): WebhookSettings => ({
  windowMs: window,
  maxAgeMs: maxAge,
})

function ratesOf(
  documented: Readonly<Record<string, number>>,
  limits: Readonly<Record<string, number | undefined>>,
  share: number,
): Record<string, number> {
  const rates = Object.entries(documented).map(([endpoint, rate]) => [endpoint, limits[endpoint] ?? rate * share])
  return Object.fromEntries(rates) as Record<string, number>
}
