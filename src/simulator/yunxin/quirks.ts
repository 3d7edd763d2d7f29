import type { AppBase } from '../dialect.ts'

/** Where Yunxin's documents and SDKs differ or say nothing, the user chooses. `api.md` Y3, Y5 and Y9. */
export interface YunxinQuirks {
  /** Single team: in `data.team_info`, directly in `data` (then without `team_type`), or both. */
  infoNesting: 'team_info' | 'flat' | 'both'
  /** `team_id` as a JSON number of up to 19 digits, or as text. */
  teamIdAs: 'number' | 'string'
  chatBannedModeAs: 'int' | 'string'
  /** `chat_banned_mode` of a muted team: 1 silences ordinary members, 3 all. */
  chatBannedModeOn: 1 | 3
  /** `owner_account_id` is there in the single team and the joined list. */
  ownerField: boolean
  /** `owner_account_id` is there in batches. */
  batchOwner: boolean
  /** `member_count` is there. */
  countField: boolean
  /** Icon, announcement and intro that are empty. */
  emptyText: 'null' | 'empty'
  /** None of a batch is valid: 200 with `invalid_tids`, or 108404. */
  batchAllInvalid: 200 | 108404
  /** Teams of a batch in another order than asked. */
  shuffleBatch: boolean
  /** Off: every call with `team_type` 2 is 108311. */
  superTeams: boolean
  /** Kinds of the world's groups that are super teams, by `SimGroup.type` in lower case; all others are advanced. */
  superTypes: ReadonlySet<string>
  /** A team that exists as the other type only. */
  wrongTypeCode: 108302 | 108404
  /** One id space for both types, or two: a team of the other type is then simply unknown (108404). */
  idSpaces: 'one' | 'two'
  /** Teams of an account that does not exist: 102404, or none. */
  unknownAccount: 102404 | 'empty'
  /** The `next_token` of the last page. */
  lastToken: 'empty' | 'null' | 'absent'
  /** A page goes on behind the last row, or at a place in the list, which shifts when somebody leaves. */
  tokens: 'row' | 'offset'
  /** The token always leads to the page it came with: a walk that trusts it never ends. */
  stuckToken: boolean
  /** Most rows of a page, whatever `limit` within 100 asks for; `has_more` says that there are more. */
  pageCap: number
  /** `offset` is obeyed, as one SDK sends it; otherwise ignored. */
  offsetParam: boolean
  /** Whom `chat_banned_type=1` names; 2 names the others. */
  chatBannedType1: 'muted' | 'notMuted'
  /** A Nonce or trace id used before is 414. */
  refuseRepeatedNonce: boolean
  /** An `AppKey` that nobody has; the first app of the simulator says which. */
  unknownAppKeyCode: 101303 | 403
  /** `code` as text, as odd proxies have it. */
  codeAs: 'int' | 'string'
  /** Whether a refused call uses up quota. */
  refusedCounts: boolean
  /** Fields that no document names. */
  unknownFields: boolean
}

export const yunxinDefaults: YunxinQuirks = {
  infoNesting: 'team_info',
  teamIdAs: 'number',
  chatBannedModeAs: 'int',
  chatBannedModeOn: 1,
  ownerField: true,
  batchOwner: false,
  countField: true,
  emptyText: 'null',
  batchAllInvalid: 200,
  shuffleBatch: true,
  superTeams: true,
  superTypes: new Set(['super']),
  wrongTypeCode: 108302,
  idSpaces: 'one',
  unknownAccount: 102404,
  lastToken: 'empty',
  tokens: 'row',
  stuckToken: false,
  pageCap: 100,
  offsetParam: false,
  chatBannedType1: 'muted',
  refuseRepeatedNonce: false,
  unknownAppKeyCode: 101303,
  codeAs: 'int',
  refusedCounts: false,
  unknownFields: false,
}

export interface YunxinApp extends AppBase {
  vendor: 'yunxin'
  appKey: string
  appSecret: string
  quirks?: Partial<YunxinQuirks>
}
