import { z } from 'zod'
import { cronFault } from '../core/cron.ts'
import { daysOf, parsePeriod } from '../core/period.ts'
import { suggestion } from './nearest.ts'
import { looksLikePlaceholder } from './placeholder.ts'

/*
 * The kinds of value a sources file holds. Each is read from the text that stands there, and each message is a demand
 * (`must be …`): check.ts puts "is missing" before it or what was found behind it.
 */

export const text = (demand: string) => z.string({ error: demand }).min(1, { error: demand })

const NUMBER = /^(\d+\.?\d*|\.\d+)$/

export const number = (demand: string, fits: (value: number) => boolean) =>
  z
    .string({ error: demand })
    .refine((written) => NUMBER.test(written) && fits(Number(written)), { error: demand })
    .transform(Number)

export const whole = (demand: string, least: number, most: number) =>
  number(demand, (value) => Number.isSafeInteger(value) && value >= least && value <= most)

export const yesNo = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((word) => word === 'true')

export const list = (demand: string) => z.array(text(demand), { error: demand })

/** A value that opens the vendor's door. It is never shown in a message. */
export const credential = (what: string) =>
  text(`must be ${what}, best as \${NAME} with the value in the environment`)
    .refine((value) => !looksLikePlaceholder(value), {
      error: `looks like a placeholder: put ${what} there, best as \${NAME} with the value in the environment`,
    })
    .refine((value) => value === value.trim(), { error: 'has a space or a line end around it: remove that' })

export const webAddress = (example: string) => {
  const demand = `must be an address like ${example}, with https:// in front and nothing behind the path`
  return text(demand)
    .refine(isWebAddress, { error: demand })
    .transform((address) => address.replace(/\/+$/, ''))
}

function isWebAddress(address: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  return (url.protocol === 'https:' || url.protocol === 'http:') && plain
}

export const schedule = text('must be a cron line such as "0 */6 * * *"').superRefine((cron, context) => {
  const fault = cronFault(cron)
  if (fault !== null) context.addIssue({ code: 'custom', message: fault })
})

export const timezone = text('must be an IANA time zone such as Asia/Shanghai').superRefine((zone, context) => {
  if (isTimezone(zone)) return
  const hint = suggestion(zone, Intl.supportedValuesOf('timeZone'))
  context.addIssue({
    code: 'custom',
    message: 'must be an IANA time zone such as Asia/Shanghai or UTC',
    params: { hint },
  })
})

function isTimezone(zone: string): boolean {
  if (/^[+-]/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const SPANS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `15m`, `24h` or `7d`, in ms. */
export const span = (demand: string, leastMs: number) => {
  const ms = (written: string): number => {
    const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(written) ?? []
    return Number(count) * (SPANS[unit ?? ''] ?? Number.NaN)
  }
  return text(demand)
    .refine((written) => ms(written) >= leastMs, { error: demand })
    .transform(ms)
}

/** `90d`, `24mo` or `2y`. */
export const period = (demand: string, leastDays: number) =>
  text(demand).transform((written, context) => {
    const read = parsePeriod(written)
    if (read !== null && daysOf(read) >= leastDays) return read
    context.addIssue({ code: 'custom', message: demand })
    return z.NEVER
  })

/** Holds something back when more than `count` and more than `percent` of it would go at once. */
export const guard = (count: number, percent: number) =>
  z
    .strictObject(
      {
        count: whole('must be a whole number, 0 or more', 0, 1e9).default(count),
        percent: number('must be a number from 0 to 100', (value) => value <= 100).default(percent),
      },
      { error: `must be two numbers such as { count: ${count}, percent: ${percent} }` },
    )
    .default({ count, percent })

/** Calls a second by endpoint, each one optional. */
export function limits<const Name extends string>(names: readonly Name[]) {
  const demand = 'must be a number of calls a second above 0, or off for no limit'
  const rate = z
    .string({ error: demand })
    .refine((written) => written === 'off' || (NUMBER.test(written) && Number(written) > 0), { error: demand })
    .transform((written) => (written === 'off' ? Number.POSITIVE_INFINITY : Number(written)))
  const shape = Object.fromEntries(names.map((name) => [name, rate.optional()])) as Record<
    Name,
    z.ZodOptional<typeof rate>
  >
  return z.strictObject(shape, { error: 'must be endpoint names with calls a second, such as { X: 100 }' }).optional()
}
