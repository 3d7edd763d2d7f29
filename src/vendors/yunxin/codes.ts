import type { Fault } from '../../core/errors.ts'

/**
 * Every code of the vendor that means something to a reader of teams (api.md Y4: S4, Y-DOC, Y-SDK), with what it asks of us
 * and what a person should do. Codes of six digits are 1, the resource (01 app, 02 account, 08 team, 09 member) and an
 * HTTP-like code.
 */
export const CODES: Readonly<Record<number, readonly [fault: Fault, says: string]>> = {
  403: ['forbidden', 'the vendor forbids this call'],
  // Without a word on what was not found it proves nothing about a team: 108404 does.
  404: ['bug', 'something was not found, without a word on what'],
  414: ['renew', 'bad signature or bad parameter'],
  416: ['rateLimited', 'calls too frequent'],
  449: ['retry', 'the vendor asks for another try'],
  500: ['retry', 'internal error of the vendor'],
  503: ['retry', 'the vendor is busy'],
  511: ['retry', 'the vendor’s service is not available'],
  514: ['retry', 'the vendor’s service is not available'],
  101301: ['stop', 'IM is not enabled for this app: switch it on in the vendor’s console'],
  101303: ['stop', 'the app key does not exist: check appKey, and that baseUrl is the host of its region'],
  102404: ['accountGone', 'the account does not exist'],
  102422: ['accountGone', 'the account is banned, its teams are not listed'],
  102449: ['retry', 'the vendor asks for another try'],
  // The other type has to be asked for: detail.ts does. Never a word about the team's end.
  108302: ['bug', 'this id is no team of the type asked for'],
  108311: [
    'notEnabled',
    'super teams are not enabled for this app: enable them with the vendor, or set teamTypes: [1]',
  ],
  108314: ['tooBig', 'too many teams in one call'],
  108404: ['gone', 'the team does not exist or has been disbanded'],
  108406: ['bug', 'the vendor does not show the team in its present state'],
  108437: ['bug', 'the vendor does not show the team in its present state'],
  108449: ['retry', 'the vendor asks for another try'],
  109404: ['memberGone', 'the account is not in the team'],
  109427: ['forbidden', 'no permission to read this team'],
  109432: ['forbidden', 'no permission to read this team'],
  109449: ['retry', 'the team is being changed, the vendor asks for another try'],
}

/** A code of none of the lists is met as passing trouble, a few tries long: it never ends a stay, a group or a run. */
export const UNKNOWN_CODE = ['retry', 'a code that no document of the vendor explains'] as const

/** A service that is not available comes back more slowly than one that is busy. */
export const LEAST_WAIT_MS: Readonly<Record<number, number>> = { 511: 5000, 514: 5000 }

export const SIGNATURE_OR_PARAMETER = '414'
export const FORBIDDEN = '403'
export const WRONG_TYPE = '108302'
export const NO_SUCH_TEAM = '108404'
export const SUPER_TEAMS_OFF = '108311'
