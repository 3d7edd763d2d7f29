import type { EasemobConfig } from './easemob/config.ts'
import { createEasemob } from './easemob/easemob.ts'
import type { TencentConfig } from './tencent/config.ts'
import { createTencent } from './tencent/tencent.ts'
import type { Vendor, WireDeps } from './types.ts'
import type { YunxinConfig } from './yunxin/config.ts'
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

function unknownVendor(vendor: never): never {
  throw new Error(`no adapter for vendor ${String(vendor)}`)
}
