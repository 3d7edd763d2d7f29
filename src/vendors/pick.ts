import type { BadRecord, Json, JsonObject, Member } from '../core/member.ts'
import { jsonClean, pgText } from '../core/text.ts'
import { listOf, type Raw } from './raw.ts'

/** From the vendor's fields to the record that is kept. */

/**
 * The named fields that say something: texts that are not empty, numbers other than 0, `true`.
 *
 * @param text how texts are kept: as people read them, or exactly
 */
export function pick(
  raw: Raw,
  names: Readonly<Record<string, string>>,
  text: (value: string) => Json = pgText,
): Record<string, Json> {
  const found: Record<string, Json> = {}
  for (const key in names) {
    const value = raw[names[key] ?? key]
    if (value === undefined || value === null || value === '' || value === 0 || value === false) continue
    found[key] = typeof value === 'string' ? text(value) : jsonClean(value)
  }
  return found
}

export function orNull(object: Record<string, Json>): JsonObject | null {
  for (const _ in object) return object
  return null
}

/** The text, null for none and for an empty one. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? pgText(value) : null
}

/** The rows of a list, those that cannot be understood apart. */
export function sorted(
  list: unknown,
  parse: (row: unknown) => Member | BadRecord,
): { rows: Member[]; bad: BadRecord[] } {
  const rows: Member[] = []
  const bad: BadRecord[] = []
  for (const item of listOf(list)) {
    const parsed = parse(item)
    if ('reason' in parsed) bad.push(parsed)
    else rows.push(parsed)
  }
  return { rows, bad }
}

/** A value for a message: short, in one line. */
export function shown(value: unknown): string {
  return pgText((JSON.stringify(value) ?? 'nothing').slice(0, 60))
}
