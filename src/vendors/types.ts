import type { Clock } from '../core/clock.ts'
import type { Group, GroupAnswer, GroupHint } from '../core/group.ts'
import type { Member } from '../core/member.ts'
import type { Page as MemberPage, Position, WalkPlan } from '../core/walk.ts'

export type { MemberPage, Position, WalkPlan }

/** One HTTP request as an adapter describes it; made anew for every try, so that nonces and signatures are fresh. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** One call: what to send, how to read the answer. `parse` throws a VendorError for every refusal. */
export interface Call<T> {
  /** The name in `limits` and `calls` (interface.md, section 2), e.g. `getGroupInfo`. */
  readonly endpoint: string
  request(): HttpRequest | Promise<HttpRequest>
  parse(answer: HttpAnswer): T
  /** Makes the credential new after a `renew` fault; the transport then repeats the call once. */
  renew?(signal: AbortSignal): Promise<void>
}

/** Sends calls: limiter, timeout, retry with backoff, counting. The only thing adapters know of the network. */
export type Send = <T>(call: Call<T>, signal: AbortSignal) => Promise<T>

/** What every adapter is given: the way to send, the time, and chance in [0, 1). */
export interface WireDeps {
  readonly send: Send
  readonly clock: Clock
  readonly random?: () => number
}

/** The vendor's direct word about one account in one group. */
export type Presence = 'in' | 'out' | 'unknown'

/** One vendor, one app. Methods are single calls or walks of lists; none touches the database or decides on history. */
export interface Vendor {
  readonly kind: 'tencent' | 'easemob' | 'yunxin'
  /** Every endpoint with the documented limit, calls a second. */
  readonly endpoints: Readonly<Record<string, number>>

  /** Every group of the app, list page by list page. Absent where the vendor has no such list. A hint, never a proof. */
  listGroups?(signal: AbortSignal): AsyncIterable<readonly GroupHint[]>
  /** The groups one account is in. Throws `accountGone` for an unknown account. Also a hint, never a proof. */
  joinedGroups(accountId: string, signal: AbortSignal): AsyncIterable<readonly GroupHint[]>

  /** Packs groups into batches, each for one `details` call: by the documented number and by expected answer size. */
  pack(hints: readonly GroupHint[]): readonly (readonly GroupHint[])[]
  /** One details call. One answer for each asked id. Throws `tooBig` when the batch has to be halved. */
  details(batch: readonly GroupHint[], signal: AbortSignal): Promise<readonly GroupAnswer[]>

  /** How to walk the members of this group, or null where no call lists them (`unlistable`). */
  walkPlan(group: Group): WalkPlan | null
  /** One page of members. Throws `tooBig` when the page has to be made smaller. */
  memberPage(group: Group, position: Position, size: number, signal: AbortSignal): Promise<MemberPage>
  /**
   * What the member list does not carry (admins, mutes), fetched once a read and laid over each row.
   *
   * @param kept the name under which an account stands in these rows; default: its own
   */
  overlay?(group: Group, signal: AbortSignal, kept?: (accountId: string) => string): Promise<(member: Member) => Member>

  /** Asks the vendor directly whether accounts are in a group. Absent where there is no such call: a second walk decides. */
  confirm?(group: Group, accounts: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Presence>>

  /** One cheap signed call for `doctor`; throws what is wrong, returns a sentence about what works. */
  check(signal: AbortSignal): Promise<string>
}
