import type { Fault } from '../../core/errors.ts'

type Meaning = readonly [fault: Fault, says: string]

/**
 * The words of `error` that mean something to a reader of groups (api.md E4: E-23 error.md, E-NOW error), with what they ask
 * of us and what a person should do. `{app}` and `{host}` are filled in. What a 404 means depends on its subject as well,
 * see `missing` in refusal.ts.
 */
export const CODES: Readonly<Record<string, Meaning>> = {
  invalid_grant: ['stop', 'client id or secret do not match: check clientId and clientSecret of app {app}'],
  organization_application_not_found: [
    'stop',
    'no app {app} on {host}: check orgName, appName and baseUrl (each data centre knows its own apps only)',
  ],
  unauthorized: ['renew', 'the token is refused: check that clientId and clientSecret belong to app {app}'],
  auth_bad_access_token: ['renew', 'the token is refused: check that clientId and clientSecret belong to app {app}'],
  forbidden_op: ['forbidden', 'not permitted'],
  reach_limit: ['rateLimited', 'calls too frequent'],
  resource_limited: ['stop', 'the plan of app {app} is used up: upgrade it in the vendor’s console'],
  json_parse: ['bug', 'the vendor could not parse the request'],
  illegal_argument: ['bug', 'the vendor does not accept a parameter'],
  invalid_parameter: ['bug', 'the vendor does not accept a parameter'],
  required_property_not_found: ['bug', 'the vendor misses a parameter'],
  no_full_text_index: ['bug', 'the vendor does not know this address'],
  unsupported_service_operation: ['bug', 'the vendor does not know this operation'],
  '500 web_application': ['retry', 'internal error of the vendor'],
  web_application: ['bug', 'the vendor does not accept this kind of request'],
}

/** By HTTP status, where the answer has no word of `CODES`: gateways answer HTML, and the table of words is not complete. */
export const STATUSES: Readonly<Record<number, Meaning>> = {
  401: ['renew', 'the token is refused: check that clientId and clientSecret belong to app {app}'],
  403: ['forbidden', 'not permitted'],
  404: ['bug', '{host} does not know this address: check baseUrl'],
  408: ['retry', 'the vendor timed out'],
  413: ['tooBig', 'too large for the vendor'],
  414: ['tooBig', 'too many ids for one address'],
  429: ['rateLimited', 'calls too frequent'],
  501: ['bug', 'the vendor does not know this operation'],
  503: ['rateLimited', 'the vendor is overloaded (the older form of “too frequent”)'],
}

export const SERVER_TROUBLE: Meaning = ['retry', 'internal error of the vendor']
export const REDIRECT: Meaning = ['bug', '{host} sends the call elsewhere: check baseUrl']
export const REFUSED: Meaning = ['bug', 'the vendor calls the request invalid']

export type { Meaning }
