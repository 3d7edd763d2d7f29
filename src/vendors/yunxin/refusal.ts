import { VendorError } from '../../core/errors.ts'
import { quoted } from '../scrub.ts'
import { CODES, LEAST_WAIT_MS, UNKNOWN_CODE } from './codes.ts'
import type { YunxinConfig } from './config.ts'

/** What the messages name, and what they must never show. */
export interface Caller {
  readonly host: string
  readonly appSecret: string
}

export function callerOf(config: YunxinConfig): Caller {
  return { host: new URL(config.baseUrl).host, appSecret: config.appSecret }
}

/** The vendor's refusal as an error: `108404, the team does not exist or has been disbanded (the vendor says: "…")`. */
export function refusal(caller: Caller, endpoint: string, code: number, words: unknown): VendorError {
  const [fault, says] = CODES[code] ?? UNKNOWN_CODE
  const message = `${caller.host} ${endpoint}: ${code}, ${says}${quoted(words, caller.appSecret)}`
  return new VendorError(message, { fault, code: String(code), endpoint, waitMs: LEAST_WAIT_MS[code] ?? 0 })
}

/** The same refusal under another fault, with what is known besides. */
export function judgedAs(error: VendorError, fault: VendorError['fault'], besides: string): VendorError {
  const { code, endpoint } = error
  return new VendorError(`${error.message}: ${besides}`, { fault, code, endpoint, cause: error })
}
