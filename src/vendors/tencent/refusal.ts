import { VendorError } from '../../core/errors.ts'
import type { Fault } from '../../core/errors.ts'
import { quoted } from '../scrub.ts'
import { CODES, UNKNOWN_CODE } from './codes.ts'
import type { TencentConfig } from './config.ts'

/** What the messages name, and what they must never show. */
export interface Caller {
  readonly host: string
  readonly sdkAppId: number
  readonly identifier: string
  readonly secretKey: string
}

export function callerOf(config: TencentConfig): Caller {
  return { ...config, host: new URL(config.baseUrl).host }
}

/** The vendor's refusal as an error; `fault` overrides the table where the context says more than the code. */
export function refusal(caller: Caller, endpoint: string, code: number, info: unknown, fault?: Fault): VendorError {
  const [byTable] = CODES[code] ?? UNKNOWN_CODE
  const message = `${caller.host} ${endpoint}: ${explain(caller, code, info)}`
  return new VendorError(message, { fault: fault ?? byTable, code: String(code), endpoint })
}

export function faultOf(code: number): Fault {
  return (CODES[code] ?? UNKNOWN_CODE)[0]
}

/** `10018, the answer would be larger than 1 MB (the vendor says: "…")`: the code, its meaning and the vendor's words. */
export function explain(caller: Caller, code: number, info: unknown): string {
  const [, says] = CODES[code] ?? UNKNOWN_CODE
  const filled = says
    .replace('{app}', String(caller.sdkAppId))
    .replace('{host}', caller.host)
    .replace('{identifier}', caller.identifier)
  return `${code}, ${filled}${quoted(info, caller.secretKey)}`
}
