import { Refusal } from './refusal.ts'

export type Body = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (field: string) => new Refusal(10004, `param ${field} is invalid`)

export function text(body: Body, field: string): string {
  const value = body[field]
  if (typeof value !== 'string') throw wrong(field)
  return value
}

/** An account must be a string; a number has its own code. */
export function account(body: Body, field: string): string {
  if (typeof body[field] === 'number') throw new Refusal(60015)
  return text(body, field)
}

export function texts(body: Body, field: string, most: number): string[] {
  const list = optionalTexts(body, field)
  if (list === null || list.length === 0 || list.length > most) throw wrong(field)
  return list
}

export function optionalTexts(body: Body, field: string): string[] | null {
  const value = body[field]
  if (value === undefined) return null
  if (!Array.isArray(value)) throw wrong(field)
  return value.map((item: unknown) => {
    if (typeof item === 'number' && field.endsWith('_Account')) throw new Refusal(60015)
    if (typeof item !== 'string') throw wrong(field)
    return item
  })
}

export function optionalText(body: Body, field: string): string | null {
  return body[field] === undefined ? null : text(body, field)
}

/** A whole number that is not negative, or null when it was not sent. */
export function optionalInt(body: Body, field: string): number | null {
  const value = body[field]
  if (value === undefined) return null
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw wrong(field)
  return value
}

export function flag(body: Body, field: string): boolean {
  const value = optionalInt(body, field)
  if (value !== null && value > 1) throw wrong(field)
  return value === 1
}

export function optionalObject(body: Body, field: string): Body | null {
  const value = body[field]
  if (value === undefined) return null
  if (!isObject(value)) throw wrong(field)
  return value
}
