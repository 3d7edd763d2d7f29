import type { AppBase } from '../dialect.ts'

/** Where Easemob's documents differ by year or say nothing, the user chooses. `api.md` E3, E4 and E9. */
export interface EasemobQuirks {
  /** Most rows of a page of groups or members, larger wishes are cut without a word: 100 (2023) or 1000 (now). */
  pageCap: number
  /** `owner` of the app list as `org#app_user`. */
  ownerPrefix: boolean
  lastModifiedName: 'last_modified' | 'lastModified'
  /** A last page that is full has a cursor all the same; the page behind it is empty. */
  emptyLastPage: boolean
  /** The cursor always leads to the page it came with: a walk that trusts it never ends. */
  stuckCursor: boolean
  /** `/chatgroups/user/{username}` is served; otherwise 404. */
  newJoined: boolean
  /** `now` with `avatar` and `affiliations`, `2023` without them and with `permission`. */
  detailShape: 'now' | '2023'
  /** Most rows of `affiliations`. */
  affiliationsCap: number
  /** Details in another order than asked. */
  shuffleDetails: boolean
  /** How a batch tells of a group that is not there. */
  batchMissing: 'omit' | 'stringElement' | 'objectWithError' | 'objectWithIdAndError'
  /** None of a batch is there: 404, or 200 and what `batchMissing` says of each. */
  batchAllMissing: 404 | 200
  /** `expire` of a mute for ever. */
  permanentMute: number
  isJoinedMissingGroup: false | 404
  /** 404 is `user: X doesn't exist in group: Y`. */
  isJoinedNonMember: false | 404
  /** Groups of a user who does not exist: 404 `service_resource_not_found`, or none. */
  unknownUser: 404 | 'empty'
  /** User names in answers: lower case, as the world has them, or now and then with a capital. */
  userCase: 'lower' | 'stored' | 'mixed'
  memberOrder: 'joined' | 'newestFirst'
  /** `joined_time` with twelve digits, as one sample of the documents has it. */
  shortJoinedTime: boolean
  /** `owner` of a group without one. */
  ownerless: 'empty' | 'absent'
  /** Banned groups: `disabled`, and still listed. */
  disabledGroups: ReadonlySet<string>
  /** Blocked accounts by group: they are not members. */
  blocked: ReadonlyMap<string, readonly string[]>
  /** Errors as JSON, or as the page of a gateway under the same status. */
  errorBody: 'json' | 'html'
  /** Over the limit: 429 `reach_limit`, or the 503 of older servers. */
  limitStatus: 429 | 503
  /** Whether a refused call uses up quota. */
  refusedCounts: boolean
  /** Seconds a token lasts that was asked for without `ttl`: 60 days. */
  tokenTtl: number
  /** Seconds after which a token is refused whatever `expires_in` promised; null: it keeps the promise. */
  tokenLife: number | null
  /** Fields that no document names. */
  unknownFields: boolean
}

export const easemobDefaults: EasemobQuirks = {
  pageCap: 1000,
  ownerPrefix: true,
  lastModifiedName: 'lastModified',
  emptyLastPage: false,
  stuckCursor: false,
  newJoined: true,
  detailShape: 'now',
  affiliationsCap: 10_000,
  shuffleDetails: true,
  batchMissing: 'omit',
  batchAllMissing: 404,
  permanentMute: -1,
  isJoinedMissingGroup: 404,
  isJoinedNonMember: false,
  unknownUser: 404,
  userCase: 'lower',
  memberOrder: 'joined',
  shortJoinedTime: false,
  ownerless: 'absent',
  disabledGroups: new Set(),
  blocked: new Map(),
  errorBody: 'json',
  limitStatus: 429,
  refusedCounts: false,
  tokenTtl: 5_184_000,
  tokenLife: null,
  unknownFields: false,
}

export interface EasemobApp extends AppBase {
  vendor: 'easemob'
  orgName: string
  appName: string
  clientId: string
  clientSecret: string
  quirks?: Partial<EasemobQuirks>
  /** Tokens of another generation than this are expired, see `expireTokens`; default 0. */
  tokenGeneration?: number
}

/** Every token given out so far answers 401 from now on. */
export function expireTokens(app: EasemobApp): void {
  app.tokenGeneration = (app.tokenGeneration ?? 0) + 1
}
