import type { Reply } from '../dialect.ts'

/** A vendor error as the reason to stop answering; the dialect turns it into the body. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: number
  constructor(code: number, info = errorText(code)) {
    super(info)
    this.code = code
  }
}

const texts: Record<number, string> = {
  10002: 'internal error',
  10003: 'request command is invalid',
  10004: 'param is invalid',
  10007: 'no permission, or the operation is not supported for this group type',
  10010: 'this group does not exist',
  10015: 'invalid group id',
  10018: 'response size too large',
  10019: 'account does not exist',
  60002: 'http parse failed',
  60003: 'json parse failed',
  60006: 'sdkappid is invalid',
  60007: 'frequency limit exceeded',
  60009: 'url is invalid',
  60010: 'identifier is not an administrator of the app',
  60012: 'sdkappid is missing',
  60015: 'account must be a string',
  60025: 'url parameters are invalid',
  60026: 'sdkappid does not belong to the region of this host',
  70001: 'usersig expired',
  70002: 'usersig is empty',
  70003: 'usersig is invalid or truncated',
  70009: 'usersig check failed',
  70013: 'usersig is of another identifier',
  70014: 'usersig is of another sdkappid',
  70050: 'usersig check failed too often, retry in a minute',
}

export const errorText = (code: number): string => texts[code] ?? `error ${code}`

/** HTTP 200: Tencent tells business errors in the body alone. */
export function failure(code: number, info = errorText(code), answer = String(code)): Reply {
  return { status: 200, body: JSON.stringify({ ActionStatus: 'FAIL', ErrorInfo: info, ErrorCode: code }), answer }
}
