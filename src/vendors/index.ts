import type { EasemobConfig } from './easemob/config.ts'
import { createEasemob } from './easemob/easemob.ts'
import { type EasemobWebhook, easemobWebhook } from './easemob/webhook.ts'
import type { TencentConfig } from './tencent/config.ts'
import { createTencent } from './tencent/tencent.ts'
import { type TencentWebhook, tencentWebhook } from './tencent/webhook.ts'
import type { Vendor, WireDeps } from './types.ts'
import type { WebhookReader } from './webhook.ts'
import type { YunxinConfig } from './yunxin/config.ts'
import { type YunxinWebhook, yunxinWebhook } from './yunxin/webhook.ts'
import { createYunxin } from './yunxin/yunxin.ts'

/** One source's vendor part, told apart by `vendor`. */
export type VendorConfig =
  | ({ readonly vendor: 'tencent' } & TencentConfig)
  | ({ readonly vendor: 'easemob' } & EasemobConfig)
  | ({ readonly vendor: 'yunxin' } & YunxinConfig)

/** The only switch over vendors. */
export function createVendor(config: VendorConfig, deps: WireDeps): Vendor {
  switch (config.vendor) {
    case 'tencent':
      return createTencent(config, deps)
    case 'easemob':
      return createEasemob(config, deps)
    case 'yunxin':
      return createYunxin(config, deps)
    default:
      return unknownVendor(config)
  }
}

/** Who reads a source's webhooks, told apart by `vendor`. */
export type WebhookConfig =
  | ({ readonly vendor: 'tencent' } & TencentWebhook)
  | ({ readonly vendor: 'easemob' } & EasemobWebhook)
  | ({ readonly vendor: 'yunxin' } & YunxinWebhook)

export function createWebhook(config: WebhookConfig): WebhookReader {
  switch (config.vendor) {
    case 'tencent':
      return tencentWebhook(config)
    case 'easemob':
      return easemobWebhook(config)
    case 'yunxin':
      return yunxinWebhook(config)
    default:
      return unknownVendor(config)
  }
}

function unknownVendor(vendor: never): never {
  throw new Error(`no adapter for vendor ${String(vendor)}`)
}
