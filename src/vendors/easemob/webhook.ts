import { parsePlain } from '../json.ts'
import { heard, hexOf, isRecent, objectOf, refused, sameDigest, type WebhookReader } from '../webhook.ts'

export interface EasemobWebhook {
  /** Of the callback rule. */
  readonly secret: string
  readonly orgName: string
  readonly appName: string
  readonly maxAgeMs: number
}

/** E6.1: what is known is matched strictly, since new sub-events may come any time. */
const NEW_FORMAT: Readonly<Record<string, ReadonlySet<string | undefined>>> = {
  JOIN: new Set(['DIRECT', 'INVITE', 'APPLY']),
  LEAVE: new Set(['QUIT', 'KICK', 'BLOCK', 'DELETE']),
  DELETE: new Set([undefined]),
  UPDATE: new Set(['OWNER']),
  ADMIN: new Set(['ADD', 'REMOVE']),
}

/** E6.2: after these, members, roles or the group itself may be other than before. */
const OLD_FORMAT: ReadonlySet<string> = new Set([
  ...[
    'create',
    'destroy',
    'apply_accept',
    'invite_accept',
    'kick',
    'ban',
    'update',
    'presence',
    'absence',
    'direct_joined',
  ],
  ...['leave', 'assing_owner', 'add_admin', 'remove_admin', 'add_mute', 'remove_mute', 'ban_group', 'remove_ban_group'],
])

/**
 * Easemob's callbacks after the fact, both formats (E6). `security` is MD5(callId + secret + timestamp); the rest of the body is
 * not covered. Its time may be that of the delivery, so nothing is bounded by it.
 */
export function easemobWebhook({ secret, orgName, appName, maxAgeMs }: EasemobWebhook): WebhookReader {
  return {
    answer: '{}',
    read({ body, at }) {
      const event = objectOf(parsePlain(body.toString('utf8')))
      if (event === null) return refused('body')
      const { callId, timestamp, appkey } = event
      if (typeof callId !== 'string' || typeof timestamp !== 'number') return refused('signature')
      if (!sameDigest(event['security'], hexOf('md5', `${callId}${secret}${timestamp}`))) return refused('signature')
      if (!isRecent(timestamp, at, maxAgeMs)) return refused('age')
      const app = `${orgName}#${appName}`
      // The vendor's own sample of a dissolved group has a wrong appkey; the callId is signed and begins with the right one.
      if (appkey !== app && !callId.startsWith(`${app}_`)) return refused('app')
      const group = groupOf(event)
      return heard(
        callId,
        typeof group === 'string' && group !== '' ? { groupIds: [group], moves: [] } : null,
        group !== undefined,
      )
    },
  }
}

/** The group to look at; null for what is known and changes nothing, undefined for what is not known. */
function groupOf(event: Readonly<Record<string, unknown>>): unknown {
  const payload = objectOf(event['payload'])
  if (event['chat_type'] === 'muc') return oldGroup(event, payload)
  if (event['event'] !== 'group_op_event') return undefined
  if (event['type'] === 'CHATROOM') return null
  const kind = payload?.['type']
  const known = NEW_FORMAT[String(event['operation'])]?.has(typeof kind === 'string' ? kind : undefined) === true
  return event['type'] === 'GROUP' && known ? event['id'] : undefined
}

function oldGroup(
  event: Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>> | null,
): unknown {
  if (payload === null || typeof payload['operation'] !== 'string') return undefined
  if (payload['is_chatroom'] === true) return null
  const status = objectOf(payload['status'])
  if (status !== null && status['error_code'] !== 'ok') return null
  return OLD_FORMAT.has(payload['operation']) ? event['group_id'] : null
}
