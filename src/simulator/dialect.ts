import type { IncomingHttpHeaders } from 'node:http'
import type { Random } from './random.ts'
import type { World } from './types.ts'

/** What every simulated app has. All fields are read at each request: a test may change them while the server runs. */
export interface AppBase {
  name: string
  world: World
  /** Calls a second by endpoint name; what is not named keeps the documented figure. `off`: no limits. */
  limits?: Partial<Record<string, number>> | 'off'
}

/** A request, read whole. */
export interface SimRequest {
  method: string
  /** As sent, still escaped, without the query. */
  path: string
  query: Record<string, string>
  headers: IncomingHttpHeaders
  rawBody: string
}

/** Whom and what a request is about, before anything is checked. */
export interface Target {
  /** Null: no app of this simulator. */
  app: AppBase | null
  /** The endpoint's name in limits and counts, `unknown` for a path that the vendor does not have. */
  endpoint: string
  groupIds: string[]
  account: string | null
  /** The parsed body, or its text when it does not parse. */
  body: unknown
}

export interface Reply {
  status: number
  body: string
  /** The vendor's code in words for `Seen.answer`; `refused` when over the limit. */
  answer: string
  headers?: Record<string, string>
}

export interface PageInfo {
  app: string
  endpoint: string
  /** Null for a list of groups. */
  groupId: string | null
  /** 0 for the first page; pages that overlap by a row count on. */
  page: number
  /** Rows before this page. */
  offset: number
}

/** What the server lends a dialect while it answers. */
export interface Services {
  /** The wall clock, ms: signatures and limits live by it, not by the world's clock. */
  now(): number
  random: Random
  /** Takes one call out of the app's limit; false: over it. Called once the signature is known to be good. */
  take(app: AppBase, endpoint: string, documented: number, refusedCounts?: boolean): boolean
  /** Tells the page hooks; call it after a page has been computed. */
  page(info: PageInfo): void
}

/** One vendor's manner of speaking, made for the apps of that vendor. */
export interface Dialect {
  readonly vendor: string
  matches(path: string): boolean
  /** Never throws. */
  identify(request: SimRequest): Target
  answer(request: SimRequest, target: Target, services: Services): Reply
  /** The vendor's own error of this name (`10002`), or null if it has no such error. */
  fault(name: string): Reply | null
}
