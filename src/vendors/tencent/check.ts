import { VendorError } from '../../core/errors.ts'
import type { Clock } from '../../core/clock.ts'
import { skewOf } from '../headers.ts'
import type { Wire } from './wire.ts'

/**
 * One cheap signed call for `doctor`: the first joined group of the administrator. That the vendor does not know this
 * account as a user is no fault, the signature was good. Says so when this machine's clock is off by more than a minute.
 */
export async function check(wire: Wire, identifier: string, clock: Clock, signal: AbortSignal): Promise<string> {
  const body = JSON.stringify({ Member_Account: identifier, Limit: 1, Offset: 0 })
  try {
    const skew = await wire.ask('getJoinedGroupList', body, signal, (opened) => {
      if (opened.code !== 0) throw opened.refusal()
      return skewOf(opened.answer, clock)
    })
    const works = `${wire.caller.host} answers app ${wire.caller.sdkAppId} as ${identifier}`
    return skew === null ? works : `${works}; ${skew}`
  } catch (error) {
    if (!(error instanceof VendorError) || error.fault !== 'accountGone') throw error
    return `${wire.caller.host} accepts the signature of app ${wire.caller.sdkAppId}`
  }
}
