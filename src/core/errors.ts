/** What an error of a vendor's answer means for the work in hand. One word, one policy (see transport/policy). */
export const FAULTS = [
  'retry', // passing trouble: the same call again, after a backoff
  'rateLimited', // too fast: wait, slow down, again
  'renew', // the credential is stale: make a new one, once, then again
  'pause', // the vendor shuts the door for a while: no call of this source before it has passed
  'stop', // configuration, arrears, plan: no call of this source can succeed; the run ends, nothing is marked
  'gone', // this very group is no more
  'badId', // this id is malformed or unknown
  'accountGone', // this account is unknown
  'memberGone', // this account is not in this group; the group is fine
  'forbidden', // this group may not be read this way
  'unlistable', // no call lists the members of this type of group
  'tooBig', // the answer or the batch is too large: ask for less
  'notEnabled', // a feature this app does not have (a type of group): leave it out for the run
  'bug', // our request is wrong: no repeat
] as const
export type Fault = (typeof FAULTS)[number]

/** A vendor refused, failed or could not be understood. The message says what happened and the cure; it holds no secret. */
export class VendorError extends Error {
  override readonly name = 'VendorError'
  readonly fault: Fault
  /** The vendor's own code (`10010`, `resource_not_found`, `HTTP 502`), for people and for counting. */
  readonly code: string
  readonly endpoint: string
  /** The least wait in ms the vendor asks for, 0 when it says nothing. */
  readonly waitMs: number

  constructor(
    message: string,
    detail: { fault: Fault; code: string; endpoint: string; waitMs?: number; cause?: unknown },
  ) {
    super(message, { cause: detail.cause })
    this.fault = detail.fault
    this.code = detail.code
    this.endpoint = detail.endpoint
    this.waitMs = detail.waitMs ?? 0
  }
}

/** A mistake of the user's (configuration, flags, environment): exit code 2, the message alone, no stack trace. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Something the operator has to mend (database down, disk full): exit code 1, message and cure, no stack trace. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}
