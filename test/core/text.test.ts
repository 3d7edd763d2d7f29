import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/member.ts'
import { isStorableId, jsonClean, jsonValue, pgText } from '../../src/core/text.ts'

const anyText = fc
  .string({ unit: 'binary' })
  .chain((a) => fc.constantFrom('', '\0', '\uD800', '\uDC00', '😀', '\uD83D').map((odd) => a + odd + a))
const encoded = { base64: 'utf8', base64_utf16le: 'utf16le' } as const

/** The text that a value was made of. */
function back(value: Json): string | undefined {
  if (typeof value === 'string') return value
  const [[form, bytes] = ['', null]] = Object.entries(value ?? {})
  if ((form !== 'base64' && form !== 'base64_utf16le') || typeof bytes !== 'string') return undefined
  return Buffer.from(bytes, 'base64').toString(encoded[form])
}
const storable = (text: string) => !text.includes('\0') && !/\p{Surrogate}/u.test(text)

describe('texts for PostgreSQL', () => {
  it('leaves a good text alone and makes every other storable at the same length', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(storable(pgText(text))).toBe(true)
        expect(pgText(text)).toHaveLength(text.length)
        if (storable(text)) expect(pgText(text)).toBe(text)
      }),
    )
    expect(pgText('a\0b')).toBe('a␀b')
    expect(pgText('a\uD800b😀')).toBe('a\uFFFDb😀')
  })

  it('keeps custom values so that they can be had back exactly', () => {
    expect(jsonValue('abc\u0000\u0001')).toEqual({ base64: 'YWJjAAE=' })
    fc.assert(
      fc.property(anyText, (text) => {
        const value = jsonValue(text)
        expect(back(value)).toBe(text)
        expect(typeof value === 'string').toBe(storable(text))
        expect(storable(JSON.stringify(value))).toBe(true)
      }),
    )
  })

  it('cleans values of any shape, a key __proto__ too', () => {
    const odd: unknown = JSON.parse('{"__proto__":{"a\\u0000":["x\\u0000",1,null,true,1e999]}}')
    expect(JSON.stringify(jsonClean(odd))).toBe('{"__proto__":{"a␀":[{"base64":"eAA="},1,null,true,"Infinity"]}}')
  })

  it('takes ids as they are or not at all', () => {
    expect(['@TGS#_@TGS#a', "o'neil %/ x", '😀'].every(isStorableId)).toBe(true)
    expect(['', 'a\0', '\uD800'].some(isStorableId)).toBe(false)
  })
})
