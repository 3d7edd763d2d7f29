import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export const COOKIE = 'rollcall_session'
export const SESSION_SECONDS = 7 * 86_400

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Takes as long for a near miss as for a far one. */
export const sameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

/** Sessions that need no memory: the moment they end, signed with a key made of the token. A new token ends them all. */
export function createSessions(token: string, now: () => number) {
  const key = createHash('sha256').update(`rollcall session ${token}`).digest()
  const sign = (ends: string): string => createHmac('sha256', key).update(ends).digest('base64url')
  return {
    issue(): string {
      const ends = String(now() + SESSION_SECONDS * 1000)
      return `${ends}.${sign(ends)}`
    },
    holds(cookie: string): boolean {
      const [ends = '', signature = ''] = cookie.split('.', 2)
      return /^\d{1,15}$/.test(ends) && sameText(signature, sign(ends)) && Number(ends) > now()
    },
  }
}
