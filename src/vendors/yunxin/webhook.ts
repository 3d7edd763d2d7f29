import { parseExact } from '../json.ts'
import { heard, type Hint, hexOf, isRecent, objectOf, refused, sameDigest, type WebhookReader } from '../webhook.ts'
import { prefixed, tidOf } from './team.ts'

export interface YunxinWebhook {
  readonly appSecret: string
  readonly appKey: string
  readonly maxAgeMs: number
}

/**
 * Yunxin's message copies and callbacks (Y6). The raw body is covered: MD5(body), then SHA-1(AppSecret + MD5 + CurTime), with
 * CurTime in ms. Only a copy that has happened is a hint; a callback before the fact may still be refused, and says nothing.
 */
export function yunxinWebhook({ appSecret, appKey, maxAgeMs }: YunxinWebhook): WebhookReader {
  return {
    answer: '{"errCode":0}',
    read({ headers, body, at }) {
      const curTime = headers['curtime'] ?? ''
      const md5 = hexOf('md5', body)
      if (!sameDigest(headers['md5'], md5)) return refused('signature')
      if (!sameDigest(headers['checksum'], hexOf('sha1', appSecret + md5 + curTime))) return refused('signature')
      if (!/^\d{13}$/.test(curTime) || !isRecent(Number(curTime), at, maxAgeMs)) return refused('age')
      const app = headers['appkey']
      if (app !== undefined && app !== appKey) return refused('app')
      const event = objectOf(parseExact(body.toString('utf8')))
      if (event === null) return refused('body')
      const id = event['msgidServer']
      const key = typeof id === 'string' && id !== '' ? id : `${md5}-${curTime}`
      // Whole numbers are callbacks before the fact (Y6.2), texts are copies of what has happened (Y6.1).
      if (event['eventType'] !== '1') return heard(key, null, typeof event['eventType'] === 'number')
      return heard(key, String(event['msgType']).toUpperCase() === 'NOTIFICATION' ? hintOf(event) : null)
    },
  }
}

/** A team operation comes as a notification in the team. Should both kinds ever share an id, the super team has a name of its own. */
function hintOf(event: Readonly<Record<string, unknown>>): Hint | null {
  const team = tidOf(event['to'])
  if (team === null) return null
  if (event['convType'] === 'TEAM') return { groupIds: [team], moves: [] }
  if (event['convType'] === 'SUPER_TEAM') return { groupIds: [prefixed(team), team], moves: [] }
  return null
}
