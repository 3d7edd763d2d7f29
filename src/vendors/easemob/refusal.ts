import { VendorError } from '../../core/errors.ts'
import { retryAfter } from '../headers.ts'
import { quoted, scrub } from '../scrub.ts'
import type { HttpAnswer } from '../types.ts'
import { CODES, REDIRECT, REFUSED, SERVER_TROUBLE, STATUSES } from './codes.ts'
import type { Meaning } from './codes.ts'
import type { EasemobConfig } from './config.ts'

/** What the messages name, and what they must never show. */
export interface Caller {
  readonly host: string
  /** The AppKey, `org#app`. */
  readonly app: string
  readonly secret: string
}

/** What a call is about: a 404 can only be understood with it. */
export interface Subject {
  /** The one group of the call. Absent for a batch, of which no 404 says anything certain. */
  readonly groupId?: string
  readonly account?: string
}

export function callerOf({ baseUrl, orgName, appName, clientSecret }: EasemobConfig): Caller {
  return { host: new URL(baseUrl).host, app: `${orgName}#${appName}`, secret: clientSecret }
}

/**
 * The vendor's refusal as an error.
 *
 * @param word the `error` of its body, `''` where there is no such JSON
 * @param text its `error_description`
 */
export function refusal(
  caller: Caller,
  endpoint: string,
  { status, headers }: HttpAnswer,
  { word, text, subject }: { readonly word: string; readonly text: string; readonly subject: Subject },
): VendorError {
  const [fault, says] = status === 404 ? missing(word, text, subject) : meaning(status, word)
  const filled = says.replace('{app}', caller.app).replace('{host}', caller.host)
  const code = word === '' ? `HTTP ${status}` : scrub(word, caller.secret)
  const shown = word === '' ? `HTTP ${status} without a JSON error` : `HTTP ${status} ${code}`
  const message = `${caller.host} ${endpoint}: ${shown}, ${filled}${quoted(text, caller.secret)}`
  return new VendorError(message, { fault, code, endpoint, waitMs: retryAfter({ headers }) })
}

function meaning(status: number, word: string): Meaning {
  const known = CODES[`${status} ${word}`] ?? CODES[word] ?? STATUSES[status]
  if (known !== undefined) return known
  if (status >= 500) return SERVER_TROUBLE
  return status >= 300 && status < 400 ? REDIRECT : REFUSED
}

const NOT_IN_GROUP = /^user:?\s*(\S+) (?:doesn['’]?t|does not) exist in group:?\s*(\d+)/i

/**
 * One status, four meanings (E4): the app is not here, the account is not in the group, the group is gone, or the address
 * is none. Gone is only what the text says of this very group.
 */
function missing(word: string, text: string, { groupId, account }: Subject): Meaning {
  if (word !== 'resource_not_found' && word !== 'service_resource_not_found') return meaning(404, word)
  const [, user, group] = NOT_IN_GROUP.exec(text) ?? []
  if (user !== undefined) {
    return account === undefined || (user.toLowerCase() === account && group === groupId)
      ? ['memberGone', 'the account is not in the group']
      : ['bug', 'an answer about an account that was not asked for']
  }
  if (groupId !== undefined) {
    if (word === 'service_resource_not_found') return ['badId', 'there is nothing at this address']
    if (concerns(text, groupId)) return ['gone', 'the group does not exist or has been dissolved']
    return ['bug', 'an answer that does not name the group']
  }
  return account === undefined ? meaning(404, '') : ['accountGone', `account ${account} does not exist`]
}

/** Whether a text is about this group: it names its id, or says "group" and names no id at all. */
export function concerns(text: string, groupId: string): boolean {
  if (text.split(/[^\w-]+/).includes(groupId)) return true
  return !/\d/.test(text) && /\bgr(ou)?p/i.test(text)
}
