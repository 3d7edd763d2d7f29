import type { AppBase } from '../dialect.ts'

/** Where Tencent's documents disagree with themselves or say nothing, the user chooses. `api.md` T5 and T9. */
export interface TencentQuirks {
  /** Members per page that the server allows: the documents say 200 and 6000 on the same page. */
  memberLimitCap: number
  /** A `Limit` over the cap: error 10004, or cut to the cap without a word. */
  overCap: 'reject' | 'clip'
  /** `MuteAllMember`/`MuteUntil`, the old `ShutUpAllMember`/`ShutUpUntil`, or both. */
  fieldNames: 'new' | 'old' | 'both'
  /** `Private`/`ChatRoom` as REST says, or `Work`/`Meeting` as the console does. */
  typeNames: 'old' | 'new'
  /** `"Member "`, as one sample of the documents has it. */
  trailingSpaceRole: boolean
  /** How large `Next` of the group list is: from 1, from 144115265295492787, or from 18446744073709551615 downwards. */
  nextMode: 'small' | 'beyond2p53' | 'max'
  errorInfo: '' | 'ok'
  /** Members of an AVChatRoom: 10007, or only the first 300. */
  avChatRoom: 'refuse' | 'first300'
  /** Not activated Private groups: hidden from the joined list unless `WithNoActiveGroups` is 1. */
  inactiveGroups: ReadonlySet<string>
  /** Communities with topics: hidden from the joined list unless `SupportTopic` is 1. */
  topicGroups: ReadonlySet<string>
  /** `SupportTopic` without `GroupType: Community` is 10004, as the text says and its own sample denies. */
  supportTopicNeedsType: boolean
  dissolvedCode: 10010 | 10015
  unknownGroupCode: 10010 | 10015
  /** A larger answer becomes 10018. */
  answerLimitBytes: number
  /** How many members `get_group_info` gives; null: all. */
  detailsMemberCap: number | null
  /** `Owner_Account` of a group without an owner: `""` or left out. */
  ownerless: 'empty' | 'absent'
  /** `GroupInfo` in another order than asked. */
  shuffleGroupInfo: boolean
  /** Fields that no document names. */
  unknownFields: boolean
  /** The joined list of an account that does not exist: 10019, or nothing. */
  unknownUser: 'error' | 'empty'
  memberOrder: 'members' | 'newestFirst'
  /** Accounts that no list shows and no `MemberNum` counts, though `get_role_in_group` knows that they are in. */
  hiddenMembers: ReadonlySet<string>
  limitCode: LimitCode | Partial<Record<string, LimitCode>>
  /** Whether a refused call uses up quota. */
  refusedCounts: boolean
  /** So many bad signatures within a minute, and every call is 70050 for a minute; null: never. */
  badSignatureLimit: number | null
  /** The app belongs to the host of another region: every call is 60026. */
  wrongRegion: boolean
  /** A code for single groups: in their own element of `get_group_info`, as the whole answer elsewhere. */
  groupErrors: ReadonlyMap<string, number>
}

export type LimitCode = 60007 | 60011 | 60018 | 60019 | 10006

export const tencentDefaults: TencentQuirks = {
  memberLimitCap: 200,
  overCap: 'reject',
  fieldNames: 'new',
  typeNames: 'old',
  trailingSpaceRole: false,
  nextMode: 'beyond2p53',
  errorInfo: '',
  avChatRoom: 'refuse',
  inactiveGroups: new Set(),
  topicGroups: new Set(),
  supportTopicNeedsType: false,
  dissolvedCode: 10010,
  unknownGroupCode: 10015,
  answerLimitBytes: 1_048_576,
  detailsMemberCap: null,
  ownerless: 'empty',
  shuffleGroupInfo: true,
  unknownFields: false,
  unknownUser: 'error',
  memberOrder: 'members',
  hiddenMembers: new Set(),
  limitCode: 60007,
  refusedCounts: false,
  badSignatureLimit: null,
  wrongRegion: false,
  groupErrors: new Map(),
}

export interface TencentApp extends AppBase {
  vendor: 'tencent'
  sdkAppId: number
  secretKey: string
  /** Accounts that may call REST. */
  admins: readonly string[]
  quirks?: Partial<TencentQuirks>
  /** For people to read only; `quirks.wrongRegion` is what refuses. */
  region?: string
}
