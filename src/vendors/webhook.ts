import { createHash, timingSafeEqual } from 'node:crypto'
import type { Millis } from '../core/member.ts'
import { isRaw, type Raw } from './raw.ts'

/** A webhook request as it came in. Header names are in lower case. */
export interface Received {
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly at: Millis
}

/** Somebody moved, by the vendor's own word: it bounds what a read then proves, and is never written by itself. */
export interface Move {
  readonly accountId: string
  readonly kind: 'joined' | 'left'
  readonly at: Millis
}

/** A group to look at. */
export interface Hint {
  /** The first of these that is known; the last where none is. */
  readonly groupIds: readonly [string, ...string[]]
  readonly moves: readonly Move[]
}

export type Refused = 'signature' | 'age' | 'app' | 'body'

export type Heard =
  | { readonly kind: 'refused'; readonly why: Refused }
  /** `repeatKey` tells a repeated delivery; `hint` is null for what says nothing about a group's members. */
  | { readonly kind: 'heard'; readonly repeatKey: string; readonly hint: Hint | null; readonly known: boolean }

/** One source's webhooks: whether a request is the vendor's, and which group it is about. Pure, and never throws. */
export interface WebhookReader {
  /** What the vendor wants to hear, as JSON. */
  readonly answer: string
  readonly read: (received: Received) => Heard
}

export const refused = (why: Refused): Heard => ({ kind: 'refused', why })
export const heard = (repeatKey: string, hint: Hint | null, known = true): Heard => ({
  kind: 'heard',
  repeatKey,
  hint,
  known,
})

export const objectOf = (value: unknown): Raw | null => (isRaw(value) ? value : null)

export const hexOf = (algorithm: 'md5' | 'sha1' | 'sha256', data: string | Buffer): string =>
  createHash(algorithm).update(data).digest('hex')

/** Takes as long for a near miss as for a far one. */
export function sameDigest(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false
  const [one, two] = [Buffer.from(given.toLowerCase()), Buffer.from(expected)]
  return one.length === two.length && timingSafeEqual(one, two)
}

export const isRecent = (at: Millis, now: Millis, maxAgeMs: Millis): boolean => Math.abs(now - at) <= maxAgeMs
