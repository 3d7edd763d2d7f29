import type { Json, JsonObject } from './member.ts'

/** JSON with sorted keys: the same value always gives the same text, however the vendor orders its keys. */
export function canonical(value: Json | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item) || 'null').join(',')}]`
  const keys = Object.keys(value)
  const [only] = keys
  if (keys.length === 1 && only !== undefined) return oneField(only, (value as JsonObject)[only])
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item) || 'null'}`).join(',')}}`
}

/** What most members' objects are; the start of the text is the same for all of them. */
function oneField(key: string, value: Json | undefined): string {
  return `${startOf(key)}${typeof value === 'number' && Number.isFinite(value) ? value : canonical(value) || 'null'}}`
}

/** The text of an object with this one key, up to its value. */
export function startOf(key: string): string {
  let start = starts.get(key)
  if (start === undefined) {
    start = `{${JSON.stringify(key)}:`
    if (starts.size < 1000) starts.set(key, start)
  }
  return start
}
const starts = new Map<string, string>()

/** `canonical` of an object; members of a page often share a frozen one, whose text is made once. */
export function canonicalObject(object: JsonObject): string {
  if (object === lastShared) return lastText
  const text = canonical(object)
  if (Object.isFrozen(object)) {
    lastShared = object
    lastText = text
  }
  return text
}
let lastShared: JsonObject | null = null
let lastText = ''

/** The key of an object that has but one. */
export function onlyKey(object: JsonObject): string | undefined {
  let only: string | undefined
  for (const key in object) {
    if (only !== undefined) return undefined
    only = key
  }
  return only
}
