import { heard, hexOf, isRecent, type Move, objectOf, refused, sameDigest, type WebhookReader } from '../webhook.ts'
import { parsePlain } from '../json.ts'

export interface TencentWebhook {
  readonly token: string
  readonly sdkAppId: number
  readonly maxAgeMs: number
}

/** Events after which members, roles or the group itself may be other than before (T6). */
const ABOUT_GROUPS: ReadonlySet<string> = new Set([
  'Group.CallbackAfterCreateGroup',
  'Group.CallbackAfterNewMemberJoin',
  'Group.CallbackAfterMemberExit',
  'Group.CallbackAfterGroupDestroyed',
  'Group.CallbackAfterGroupInfoChanged',
  'Group.CallbackAfterMemberFieldChanged',
  'Group.CallbackAfterChangeGroupOwner',
  'Group.CallbackAfterGroupFull',
  'Group.CallbackAfterGroupAttrChanged',
])

/**
 * Tencent's "after" callbacks (T6). `Sign` is SHA-256(Token + RequestTime) and covers neither body nor parameters, so the
 * app is checked beside it and old requests are refused.
 */
export function tencentWebhook({ token, sdkAppId, maxAgeMs }: TencentWebhook): WebhookReader {
  return {
    answer: '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}',
    read({ query, body, at }) {
      const requestTime = query['RequestTime'] ?? ''
      if (!sameDigest(query['Sign'], hexOf('sha256', token + requestTime))) return refused('signature')
      if (!/^\d{1,12}$/.test(requestTime) || !isRecent(Number(requestTime) * 1000, at, maxAgeMs)) return refused('age')
      if (query['SdkAppid'] !== String(sdkAppId)) return refused('app')
      const event = objectOf(parsePlain(body.toString('utf8')))
      const command = event?.['CallbackCommand'] ?? query['CallbackCommand']
      if (event === null || typeof command !== 'string') return refused('body')
      const key = hexOf('sha256', body)
      const group = event['GroupId']
      if (!ABOUT_GROUPS.has(command) || typeof group !== 'string' || group === '')
        return heard(key, null, ABOUT_GROUPS.has(command))
      return heard(key, { groupIds: [group], moves: movesOf(command, event) })
    },
  }
}

/** `EventTime` is in ms and missing in older payloads: without it nothing is bounded. */
function movesOf(command: string, event: Readonly<Record<string, unknown>>): readonly Move[] {
  const at = event['EventTime']
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at <= 0) return []
  const moves = (kind: Move['kind'], list: unknown): Move[] =>
    (Array.isArray(list) ? list : []).flatMap((one: unknown) => {
      const account = objectOf(one)?.['Member_Account']
      return typeof account === 'string' && account !== '' ? [{ accountId: account, kind, at }] : []
    })
  if (command === 'Group.CallbackAfterNewMemberJoin') return moves('joined', event['NewMemberList'])
  if (command === 'Group.CallbackAfterMemberExit') return moves('left', event['ExitMemberList'])
  return []
}
