import type { Clock } from '../core/clock.ts'
import type { HttpAnswer } from './types.ts'

/** How long the vendor, or a gateway before it, asks to wait, in ms; 0 where it does not. */
export function retryAfter({ headers }: Pick<HttpAnswer, 'headers'>): number {
  const seconds = Number(headers['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0
}

const WORTH_TELLING_MS = 60_000

/** Compares this machine's clock with the `Date` of an answer: a sentence when it is off by more than a minute. */
export function skewOf({ headers }: HttpAnswer, clock: Clock): string | null {
  const { date } = headers
  const ahead = typeof date === 'string' ? clock.now() - Date.parse(date) : 0
  if (!(Math.abs(ahead) > WORTH_TELLING_MS)) return null
  const seconds = Math.round(Math.abs(ahead) / 1000)
  const word = ahead > 0 ? 'ahead of' : 'behind'
  return `the clock of this machine is ${seconds} s ${word} the vendor's: set it by NTP, signatures depend on it`
}
