import type { Json } from './member.ts'

/**
 * Texts that PostgreSQL takes. `text` and `jsonb` refuse U+0000 and lone surrogates; vendors let people put both into
 * names and custom values.
 */

/** U+2400, the picture of a NUL: shown to people, and the same length in the same place. */
const NUL_PICTURE = '\u2400'

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** A text for people, made storable: U+0000 becomes U+2400, a lone surrogate U+FFFD. Not reversible. */
export function pgText(text: string): string {
  return isStorable(text) ? text : text.replaceAll('\0', NUL_PICTURE).toWellFormed()
}

/** Whether an id can be stored exactly as it is. One that cannot is a bad record: ids are never altered. */
export function isStorableId(id: string): boolean {
  return id !== '' && isStorable(id)
}

/**
 * A custom value that can be had back exactly: the text itself, or `{"base64": …}` of its UTF-8 bytes where it holds
 * U+0000, or `{"base64_utf16le": …}` where it holds a lone surrogate, which UTF-8 cannot say.
 *
 * @example jsonValue('abc\u0000\u0001') // { base64: 'YWJjAAE=' }
 */
export function jsonValue(text: string): Json {
  if (isStorable(text)) return text
  return text.isWellFormed()
    ? { base64: Buffer.from(text, 'utf8').toString('base64') }
    : { base64_utf16le: Buffer.from(text, 'utf16le').toString('base64') }
}

/** Any parsed JSON made storable, texts by `jsonValue`; numbers beyond a double's range become their text. */
export function jsonClean(value: unknown): Json {
  if (typeof value === 'string') return jsonValue(value)
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (Array.isArray(value)) return value.map(jsonClean)
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [pgText(key), jsonClean(inner)]))
  }
  return null
}
