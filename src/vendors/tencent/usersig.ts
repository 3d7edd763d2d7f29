import { createHmac } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import type { Clock } from '../../core/clock.ts'

const LIFETIME_S = 24 * 3600
/** A signature is replaced this long before it expires, so that none expires on its way. */
const AHEAD_S = 3600
/** The vendor's own alphabet, not RFC 4648 base64url: `-` stands for `/` and `_` for `=`. */
const ALPHABET: Readonly<Record<string, string>> = { '+': '*', '/': '-', '=': '_' }

export interface UserSigFields {
  readonly sdkAppId: number
  readonly identifier: string
  readonly secretKey: string
  /** Seconds since 1970 UTC. */
  readonly time: number
  /** Lifetime in seconds. */
  readonly expire: number
}

/** The HMAC of a UserSig, standard base64 (TLSSigAPIv2, `TLS.ver` 2.0). */
export function tlsSig({ sdkAppId, identifier, secretKey, time, expire }: UserSigFields): string {
  const text = `TLS.identifier:${identifier}\nTLS.sdkappid:${sdkAppId}\nTLS.time:${time}\nTLS.expire:${expire}\n`
  return createHmac('sha256', secretKey).update(text).digest('base64')
}

/** A UserSig: the signed fields as JSON, zlib with header, in the vendor's base64. */
export function userSig(fields: UserSigFields): string {
  const json = JSON.stringify({
    'TLS.ver': '2.0',
    'TLS.identifier': fields.identifier,
    'TLS.sdkappid': fields.sdkAppId,
    'TLS.expire': fields.expire,
    'TLS.time': fields.time,
    'TLS.sig': tlsSig(fields),
  })
  return deflateSync(json)
    .toString('base64')
    .replace(/[+/=]/g, (sign) => ALPHABET[sign] ?? sign)
}

/** Keeps one UserSig and makes the next ahead of its expiry, or when the clock went back, or when told to. */
export interface Signer {
  current(): string
  renew(): void
}

export function createSigner(
  account: Pick<UserSigFields, 'sdkAppId' | 'identifier' | 'secretKey'>,
  clock: Clock,
): Signer {
  let kept: { readonly sig: string; readonly time: number } | null = null
  return {
    current() {
      const time = Math.floor(clock.now() / 1000)
      if (kept === null || time < kept.time || time >= kept.time + LIFETIME_S - AHEAD_S) {
        kept = { sig: userSig({ ...account, time, expire: LIFETIME_S }), time }
      }
      return kept.sig
    },
    renew() {
      kept = null
    },
  }
}
