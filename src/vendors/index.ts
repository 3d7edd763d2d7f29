import type { EasemobConfig } from './easemob/config.ts'
import { createEasemob } from './easemob/easemob.ts'
import type { TencentConfig } from './tencent/config.ts'
import { createTencent } from './tencent/tencent.ts'
import type { WireDeps } from './tencent/wire.ts'
import type { Vendor } from './types.ts'
import type { YunxinConfig } from './yunxin/config.ts'
import { createYunxin } from './yunxin/yunxin.ts'

/** One source's vendor part, told apart by `vendor`. */
export type VendorConfig =
  | ({ readonly vendor: 'tencent' } & TencentConfig)
  | ({ readonly vendor: 'easemob' } & EasemobConfig)
  | ({ readonly vendor: 'yunxin' } & YunxinConfig)

/** What every adapter is given: the way to send, the time, and chance in [0, 1). */
export type VendorDeps = WireDeps

/** The only switch over vendors. */
export function createVendor(config: VendorConfig, deps: VendorDeps): Vendor {
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
