import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'

/** The signature of Y1: lower-case hex SHA-1 of secret, nonce and seconds, one after the other. Covers neither URL nor body. */
export function checkSum(appSecret: string, nonce: string, curTime: string): string {
  return createHash('sha1')
    .update(appSecret + nonce + curTime)
    .digest('hex')
}

/** The headers of one try: a nonce is never used twice. */
export function signedHeaders(
  { appKey, appSecret }: { readonly appKey: string; readonly appSecret: string },
  clock: Clock,
): Record<string, string> {
  const nonce = randomBytes(16).toString('hex')
  const curTime = String(Math.floor(clock.now() / 1000))
  return {
    AppKey: appKey,
    Nonce: nonce,
    CurTime: curTime,
    CheckSum: checkSum(appSecret, nonce, curTime),
    'Content-Type': 'application/json;charset=utf-8',
  }
}
