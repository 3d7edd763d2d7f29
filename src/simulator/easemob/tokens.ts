import { randomBytes } from 'node:crypto'
import type { SimRequest } from '../dialect.ts'
import type { EasemobApp, EasemobQuirks } from './quirks.ts'
import { Refusal } from './refusal.ts'

interface Token {
  app: EasemobApp
  generation: number
  /** ms, Infinity for never. */
  expiresAt: number
}

const BODY_BYTES = 5 * 1024

/** App tokens by client credentials (E1). Any number of them is good at once. */
export function createTokens() {
  const tokens = new Map<string, Token>()
  return {
    issue(request: SimRequest, app: EasemobApp, quirks: EasemobQuirks, now: number) {
      const wish = credentials(request.rawBody)
      if (wish.get('client_id') !== app.clientId) throw new Refusal('invalid_grant', 'client_id does not match')
      if (wish.get('client_secret') !== app.clientSecret)
        throw new Refusal('invalid_grant', 'client_secret does not match')
      const seconds = lifetime(wish.get('ttl')) ?? quirks.tokenTtl
      const life = quirks.tokenLife ?? (seconds === 0 ? Number.POSITIVE_INFINITY : seconds)
      const token = `YWMt${randomBytes(48).toString('base64url')}`
      tokens.set(token, { app, generation: app.tokenGeneration ?? 0, expiresAt: now + life * 1000 })
      return { access_token: token, expires_in: seconds }
    },
    check(request: SimRequest, app: EasemobApp, now: number) {
      const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
      if (bearer === undefined) throw new Refusal('no_token')
      const token = tokens.get(bearer)
      if (!token) throw new Refusal('bad_token')
      if (token.app !== app) throw new Refusal('foreign_token')
      if (token.expiresAt <= now || token.generation !== (app.tokenGeneration ?? 0)) throw new Refusal('unauthorized')
    },
  }
}

function credentials(rawBody: string): Map<string, unknown> {
  if (Buffer.byteLength(rawBody) > BODY_BYTES) throw new Refusal('too_large')
  let body: unknown
  try {
    body = JSON.parse(rawBody)
  } catch {
    throw new Refusal('json_parse')
  }
  const fields = new Map<string, unknown>(Object.entries(body ?? {}))
  if (fields.get('grant_type') !== 'client_credentials')
    throw new Refusal('invalid_grant', 'grant_type must be client_credentials')
  for (const name of ['client_id', 'client_secret'])
    if (typeof fields.get(name) !== 'string') throw new Refusal('required_property_not_found', `${name} is required`)
  return fields
}

/** Seconds, as a number or as the text that the documents' own sample sends; null when not given. */
function lifetime(ttl: unknown): number | null {
  if (ttl === undefined || ttl === null) return null
  const seconds = typeof ttl === 'string' && /^\d+$/.test(ttl) ? Number(ttl) : ttl
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds) || seconds < 0)
    throw new Refusal('illegal_argument', 'ttl must be a number of seconds')
  return seconds
}
