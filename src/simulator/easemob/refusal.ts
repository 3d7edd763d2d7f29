import type { Reply } from '../dialect.ts'

/** The errors of E4: status, the word in `error`, and the text where none is given. */
const errors = {
  invalid_grant: [400, 'invalid_grant', 'client_id does not match'],
  json_parse: [400, 'json_parse', 'Unexpected character in the body'],
  illegal_argument: [400, 'illegal_argument', 'illegal arguments'],
  required_property_not_found: [400, 'required_property_not_found', 'a required property is missing'],
  unauthorized: [401, 'unauthorized', 'Unable to authenticate due to expired access token'],
  no_token: [401, 'unauthorized', 'Unable to authenticate (OAuth)'],
  bad_token: [401, 'auth_bad_access_token', 'Unable to authenticate due to corrupt access token'],
  foreign_token: [401, 'auth_bad_access_token', 'Unable to authenticate'],
  forbidden_op: [403, 'forbidden_op', 'forbidden operation'],
  resource_not_found: [404, 'resource_not_found', 'grpID 0 does not exist!'],
  service_resource_not_found: [404, 'service_resource_not_found', 'Service resource not found'],
  organization_application_not_found: [404, 'organization_application_not_found', 'Could not find application for ?'],
  wrong_method: [405, 'web_application', 'HTTP 405 Method Not Allowed'],
  timeout408: [408, 'request_timeout', 'Request Timeout'],
  too_large: [413, 'Request Entity Too Large', 'the body is over 5 kB'],
  reach_limit: [429, 'reach_limit', 'This request has reached api limit'],
  resource_limited: [429, 'resource_limited', 'You have exceeded the limit of the Free edition'],
  web_application: [500, 'web_application', 'javax.ws.rs.WebApplicationException'],
  limit503: [503, 'service_unavailable', 'Service Unavailable'],
  http504: [504, 'gateway_timeout', 'Gateway Timeout'],
} as const satisfies Record<string, readonly [number, string, string]>
export type ErrorName = keyof typeof errors

/** A vendor error as the reason to stop answering; the dialect turns it into the answer. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly kind: ErrorName
  constructor(kind: ErrorName, description: string = errors[kind][2]) {
    super(description)
    this.kind = kind
  }
}

export const isErrorName = (name: string): name is ErrorName => Object.hasOwn(errors, name)

export const noGroup = (groupId: string) => new Refusal('resource_not_found', `grpID ${groupId} does not exist!`)

export function failure({ kind, message }: Refusal, now: number, as: 'json' | 'html', answer?: string): Reply {
  const [status, error] = errors[kind]
  if (as === 'html') {
    const body = `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>\r\n`
    return { status, body, answer: answer ?? error, headers: { 'content-type': 'text/html' } }
  }
  const exception = `com.easemob.exception.${error.replace(/(?:^|[_ ])(\w)/g, (_, letter: string) => letter.toUpperCase())}`
  const body = JSON.stringify({ error, exception, timestamp: now, duration: 0, error_description: message })
  return { status, body, answer: answer ?? error }
}
