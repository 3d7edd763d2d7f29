import { createHmac, timingSafeEqual } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import type { SimRequest } from '../dialect.ts'
import type { TencentApp, TencentQuirks } from './quirks.ts'
import { Refusal } from './refusal.ts'

interface Signature {
  identifier: string
  sdkAppId: number
  time: number
  expire: number
  userbuf: string | null
  sig: string
}

const MINUTE = 60_000
const BAD_SIGNATURES = new Set([70002, 70003, 70009, 70013, 70014])

/** Checks the query string and the UserSig (T1.1, T1.2), remembering the failures of the last minute for 70050. */
export function createAuth() {
  const failures = new Map<TencentApp, number[]>()
  const blockedUntil = new Map<TencentApp, number>()
  return function authorize(request: SimRequest, app: TencentApp, quirks: TencentQuirks, now: number) {
    if (quirks.wrongRegion) throw new Refusal(60026)
    checkQuery(request.query)
    if ((blockedUntil.get(app) ?? 0) > now) throw new Refusal(70050)
    try {
      checkUserSig(request.query, app, now)
    } catch (error) {
      if (error instanceof Refusal && BAD_SIGNATURES.has(error.code) && quirks.badSignatureLimit !== null) {
        const recent = [...(failures.get(app) ?? []).filter((at) => at > now - MINUTE), now]
        failures.set(app, recent)
        if (recent.length >= quirks.badSignatureLimit) {
          blockedUntil.set(app, now + MINUTE)
          failures.delete(app)
        }
      }
      throw error
    }
    if (!app.admins.includes(request.query['identifier'] ?? '')) throw new Refusal(60010)
  }
}

function checkQuery(query: Record<string, string>) {
  if (!query['identifier']) throw new Refusal(60025, 'identifier is missing')
  if (query['contenttype'] !== 'json') throw new Refusal(60025, 'contenttype must be json')
  const random = query['random'] ?? ''
  if (!/^\d{1,10}$/.test(random) || Number(random) > 0xffffffff) throw new Refusal(60025, 'random must be a uint32')
}

function checkUserSig(query: Record<string, string>, app: TencentApp, now: number) {
  const text = query['usersig'] ?? ''
  if (text === '') throw new Refusal(70002)
  const signature = parseUserSig(text)
  if (signature === null) throw new Refusal(70003)
  if (signature.sdkAppId !== app.sdkAppId) throw new Refusal(70014)
  if (signature.identifier !== query['identifier']) throw new Refusal(70013)
  const given = Buffer.from(signature.sig, 'base64')
  const right = signed(signature, app.secretKey)
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw new Refusal(70009)
  if ((signature.time + signature.expire) * 1000 <= now) throw new Refusal(70001)
}

/** The HMAC over the fields as they were read: two texts of one signature may differ by their compression. */
function signed({ identifier, sdkAppId, time, expire, userbuf }: Signature, secretKey: string): Buffer {
  const lines = [
    `TLS.identifier:${identifier}`,
    `TLS.sdkappid:${sdkAppId}`,
    `TLS.time:${time}`,
    `TLS.expire:${expire}`,
    ...(userbuf === null ? [] : [`TLS.userbuf:${userbuf}`]),
  ]
  return createHmac('sha256', secretKey)
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest()
}

function parseUserSig(text: string): Signature | null {
  if (!/^[A-Za-z0-9*_-]+$/.test(text)) return null
  const base64 = text.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=')
  let fields: unknown
  try {
    fields = JSON.parse(inflateSync(Buffer.from(base64, 'base64')).toString('utf8'))
  } catch {
    return null
  }
  if (typeof fields !== 'object' || fields === null) return null
  const field = new Map(Object.entries(fields))
  const [identifier, sdkAppId, time, expire, sig, userbuf] = [
    field.get('TLS.identifier'),
    field.get('TLS.sdkappid'),
    field.get('TLS.time'),
    field.get('TLS.expire'),
    field.get('TLS.sig'),
    field.get('TLS.userbuf') ?? null,
  ]
  if (field.get('TLS.ver') !== '2.0' || typeof identifier !== 'string' || typeof sig !== 'string') return null
  if (typeof sdkAppId !== 'number' || typeof time !== 'number' || typeof expire !== 'number') return null
  if (userbuf !== null && typeof userbuf !== 'string') return null
  return { identifier, sdkAppId, time, expire, userbuf, sig }
}
