import { createHash } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SimApp } from './index.ts'
import type { Random } from './random.ts'
import type { WorldEvent } from './types.ts'

/** One request to the customer's server. */
export interface Delivery {
  /** Appended to the customer's address, with its question mark; empty for none. */
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WebhookSettings {
  /** The customer's address for this app. */
  readonly url: string
  /** Tencent's token, the secret of Easemob's rule; Yunxin signs with the AppSecret. */
  readonly secret: string
  /** Chance (0…1) that an event is never told, that it is told twice, and that it waits up to `delayMs` and so comes after later ones. */
  readonly lose?: number
  readonly repeat?: number
  readonly reorder?: number
  readonly delayMs?: number
  readonly random?: Random
}

export interface Webhooks extends AsyncDisposable {
  /** Requests sent, and answers other than 200. */
  readonly sent: () => number
  readonly refused: () => number
}

const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex')

/** Tells the customer's server of every event of an app's world, as the vendor does: signed, each by itself, in no sure order. */
export function startWebhooks(app: SimApp, settings: WebhookSettings): Webhooks {
  const over = new AbortController()
  setMaxListeners(0, over.signal) // one for each delivery under way
  const chance = (p = 0): boolean => p > 0 && (settings.random?.chance(p) ?? Math.random() < p)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const under = new Set<Promise<void>>()
  let [sent, refused, serial] = [0, 0, 0]

  async function tell(event: WorldEvent, number: number): Promise<void> {
    if (chance(settings.lose)) return
    if (chance(settings.reorder)) await sleep(settings.delayMs ?? 500, undefined, { signal: over.signal })
    const delivery = deliveryOf(app, settings.secret, event, number)
    if (delivery === null) return
    for (let times = chance(settings.repeat) ? 2 : 1; times > 0; times--) {
      const status = await post(agent, settings.url + delivery.query, delivery, over.signal)
      sent += 1
      if (status !== 200) refused += 1
    }
  }
  const stop = app.world.onEvent((event) => {
    serial += 1
    const telling = tell(event, serial)
      .catch(() => {
        refused += 1
      })
      .finally(() => under.delete(telling))
    under.add(telling)
  })
  return {
    sent: () => sent,
    refused: () => refused,
    async [Symbol.asyncDispose]() {
      stop()
      over.abort()
      await Promise.allSettled(under)
      agent.destroy()
    },
  }
}

/** The status of the answer. The vendors give up after ten seconds at the latest. */
function post(agent: Agent, url: string, { headers, body }: Delivery, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', ...headers },
        signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
      },
      (answer) => {
        answer.on('error', reject).on('end', () => resolve(answer.statusCode ?? 0))
        answer.resume()
      },
    )
    sent.on('error', reject).end(body)
  })
}

/** An event as the app's vendor tells it; null for what it tells nobody. */
export function deliveryOf(app: SimApp, secret: string, event: WorldEvent, serial: number): Delivery | null {
  switch (app.vendor) {
    case 'tencent':
      return tencent(app.sdkAppId, secret, tencentEvent(event))
    case 'easemob':
      return easemob(`${app.orgName}#${app.appName}`, secret, easemobEvent(event), serial)
    case 'yunxin':
      return yunxin(app.appSecret, event, serial)
  }
}

function tencent(sdkAppId: number, token: string, event: Readonly<Record<string, unknown>> | null): Delivery | null {
  if (event === null) return null
  const time = Math.floor(Date.now() / 1000)
  const query = new URLSearchParams({
    SdkAppid: String(sdkAppId),
    CallbackCommand: String(event['CallbackCommand']),
    contenttype: 'json',
    ClientIP: '127.0.0.1',
    OptPlatform: 'RESTAPI',
    Sign: hex('sha256', `${token}${time}`),
    RequestTime: String(time),
  })
  return { query: `?${query.toString()}`, headers: {}, body: JSON.stringify(event) }
}

function tencentEvent(event: WorldEvent): Readonly<Record<string, unknown>> | null {
  const about = (command: string, more: object) => ({
    CallbackCommand: `Group.CallbackAfter${command}`,
    GroupId: event.group,
    ...more,
    EventTime: event.t,
  })
  switch (event.op) {
    case 'group.create':
      return about('CreateGroup', { Name: event.set['name'], MemberList: [] })
    case 'group.dissolve':
      return about('GroupDestroyed', { MemberList: [] })
    case 'group.update':
      return 'name' in event.set ? about('GroupInfoChanged', { Name: event.set['name'] }) : null
    case 'member.join':
      return about('NewMemberJoin', { JoinType: 'Apply', NewMemberList: [{ Member_Account: event.account }] })
    case 'member.leave':
      return about('MemberExit', { ExitType: 'Quit', ExitMemberList: [{ Member_Account: event.account }] })
    case 'member.role':
      return event.role === 'Owner'
        ? about('ChangeGroupOwner', { NewOwner_Account: event.account })
        : about('MemberFieldChanged', { Modified_Account: event.account, Role: event.role })
    case 'member.update':
      return 'nameCard' in event.set
        ? about('MemberFieldChanged', { Modified_Account: event.account, NameCard: event.set['nameCard'] })
        : null
  }
}

function easemob(
  appkey: string,
  secret: string,
  event: Readonly<Record<string, unknown>> | null,
  serial: number,
): Delivery | null {
  if (event === null) return null
  const callId = `${appkey}_${String(serial).padStart(12, '0')}`
  const timestamp = Date.now()
  const body = {
    callId,
    security: hex('md5', `${callId}${secret}${timestamp}`),
    appkey,
    type: 'GROUP',
    event: 'group_op_event',
    operator: '@ppAdmin',
    timestamp,
    ...event,
  }
  return { query: '', headers: {}, body: JSON.stringify(body) }
}

/** The new format (E6.1). Of names, mutes and cards it tells nothing. */
function easemobEvent(event: WorldEvent): Readonly<Record<string, unknown>> | null {
  const about = (operation: string, payload?: object) => ({ id: event.group, operation, ...(payload && { payload }) })
  switch (event.op) {
    case 'member.join':
      return about('JOIN', { member: [event.account], type: 'APPLY' })
    case 'member.leave':
      return about('LEAVE', { member: [event.account], type: 'QUIT' })
    case 'member.role':
      if (event.role === 'Owner') return about('UPDATE', { new_owner: event.account, type: 'OWNER' })
      return about('ADMIN', { admin: [event.account], type: event.role === 'Admin' ? 'ADD' : 'REMOVE' })
    case 'group.dissolve':
      return about('DELETE')
    default:
      return null
  }
}

/** A copy of the notification in the team (Y6.1). */
function yunxin(appSecret: string, event: WorldEvent, serial: number): Delivery {
  const superTeam = event.group.startsWith('super/')
  const body = JSON.stringify({
    eventType: '1',
    convType: superTeam ? 'SUPER_TEAM' : 'TEAM',
    to: superTeam ? event.group.slice('super/'.length) : event.group,
    fromAccount: 'account' in event ? event.account : 'admin',
    fromClientType: 'REST',
    msgType: 'NOTIFICATION',
    msgTimestamp: String(event.t),
    msgidServer: String(1_000_000 + serial),
    resendFlag: '0',
  })
  const md5 = hex('md5', body)
  const curTime = String(Date.now())
  const headers = { CurTime: curTime, MD5: md5, CheckSum: hex('sha1', `${appSecret}${md5}${curTime}`) }
  return { query: '', headers, body }
}
