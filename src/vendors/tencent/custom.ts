import type { Json, JsonObject } from '../../core/member.ts'
import { jsonClean, pgText } from '../../core/text.ts'
import { isRaw, listOf } from '../raw.ts'

/**
 * Custom fields, `[{Key, Value}]`, as an object in the order of its keys; undefined when there are none.
 * Values may hold binary data, see `jsonValue`. Elements without a `Key` are skipped.
 *
 * @param wanted the configured keys; undefined: all
 */
export function customOf(list: unknown, wanted: ReadonlySet<string> | undefined): JsonObject | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined
  const fields: [string, Json][] = []
  for (const item of listOf(list)) {
    if (!isRaw(item)) continue
    const { Key: key, Value: value } = item
    if (typeof key === 'string' && (wanted === undefined || wanted.has(key)))
      fields.push([pgText(key), jsonClean(value)])
  }
  if (fields.length === 0) return undefined
  if (fields.length > 1) fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields) // also keeps a key `__proto__` an ordinary key
}
