import { pino } from 'pino'
import type { Logger } from 'pino'

export type Log = Logger

export interface LogOptions {
  readonly level?: string
  /** The secrets in use; they are taken out of every line, in whatever encoding they stand. */
  readonly secrets?: readonly string[]
  /** Default: stderr, so that stdout stays machine output. */
  readonly stream?: { write(line: string): unknown }
}

const HIDDEN = '[redacted]'
/** Names whose value is secret wherever it stands: an object's key, a header, a query parameter. */
const HEADERS = 'usersig|authorization|proxy-authorization|checksum|cookie|set-cookie'
const NAMES = `${HEADERS}|access_token|refresh_token|httptoken|secretkey|secret_key|clientsecret|client_secret|appsecret|app_secret|password`
const KEYS = ['authorization', 'Authorization', 'usersig', 'CheckSum', 'checksum', 'cookie', 'password', 'token']
const SECRET_KEYS = [
  'secretKey',
  'clientSecret',
  'client_secret',
  'appSecret',
  'access_token',
  'databaseUrl',
  'redisUrl',
]
/** An object is redacted by its path, whatever shape the value has; the scrubber sees to the text of the line. */
const PATHS = [...KEYS, ...SECRET_KEYS].flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`])

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // "usersig":"…" and "token":"…" as JSON, also as JSON within a string
  [
    new RegExp(String.raw`((?:^|[^\w-])(?:${NAMES}|token)(\\*)"\s*:\s*(?:\[\s*)?\2")(?:\\\\\2.|(?!\2").)*`, 'gi'),
    `$1${HIDDEN}`,
  ],
  // usersig=…, access_token=… in a URL, a form or a message; also percent-encoded
  [new RegExp(String.raw`((?:^|[^\w-]|%[0-9a-f]{2})(?:${NAMES}|token)(?:=|%3D))[^&\s"'\\<>]+`, 'gi'), `$1${HIDDEN}`],
  // secretKey: '…' as Node prints an object
  [new RegExp(String.raw`((?:^|[^\w-])(?:${NAMES})\s*:\s*(\\*['"]))(?:(?!\2).)+`, 'gi'), `$1${HIDDEN}`],
  // CheckSum: …, Authorization: Bearer … as headers in a text
  [
    new RegExp(String.raw`((?:^|[^\w-])(?:${HEADERS})'?\s*:\s*'?(?:(?:bearer|basic)\s+)?)[^\s"'\\,;}\]&[]+`, 'gi'),
    `$1${HIDDEN}`,
  ],
  [/\b(bearer|basic)\s+(?!\[)[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  // postgres://user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@"'\\]*):(?!PASSWORD@)[^\s"'\\]*@(?=[^\s@"'\\]*)/gi, `$1:${HIDDEN}@`],
]

/** A function that takes every secret out of a text: known ones in all encodings, and whatever stands behind a telling name. */
export function createScrubber(secrets: readonly string[] = []): (text: string) => string {
  const forms = new Set(secrets.filter((secret) => secret.length >= 4).flatMap(encodings))
  const known = [...forms]
    .toSorted((a, b) => b.length - a.length)
    .map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
  const exact = known.length === 0 ? null : new RegExp(known.join('|'), 'g')
  return (text) => {
    const clean = exact === null ? text : text.replaceAll(exact, HIDDEN)
    return PATTERNS.reduce((line, [pattern, replacement]) => line.replaceAll(pattern, replacement), clean)
  }
}

export function createLog(options: LogOptions = {}): Log {
  const scrub = createScrubber(options.secrets)
  const stream = options.stream ?? process.stderr
  return pino(
    {
      level: options.level ?? 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: PATHS, censor: HIDDEN },
    },
    { write: (line: string) => void stream.write(scrub(line)) },
  )
}

/** The ways in which a secret may stand in a line: as it is, in JSON (within JSON, within JSON), in a URL, in base64, in hex. */
function encodings(secret: string): string[] {
  const json = (text: string): string => JSON.stringify(text).slice(1, -1)
  const url = encodeURIComponent(secret)
  const form = new URLSearchParams({ '': secret }).toString().slice(1)
  const lower = (text: string): string => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
  const once = json(secret)
  const jsons = [once, json(once), json(json(once)), json(json(json(once)))]
  const plain = [secret, ...jsons, url, lower(url), form, lower(form)]
  const hex = Buffer.from(secret).toString('hex')
  return [...new Set([...plain, ...base64s(secret), hex, hex.toUpperCase()])]
}

/** Base64 and base64url at each of the three alignments, so that `base64(user:secret)` is found too. */
function base64s(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    // Only the characters that hold nothing but bits of the secret.
    const inner = text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6))
    const urlSafe = inner.replaceAll('+', '-').replaceAll('/', '_')
    return inner.length < 8 ? [] : [inner, urlSafe, encodeURIComponent(inner)]
  })
}
