import { parse } from 'lossless-json'

/** Only ids can have so many digits; times in ms have 13. The exact parser is slower, and hardly an answer needs it. */
const LONG_NUMBER = /[:[,]\s*-?\d{16}/
const WHOLE = /^-?\d+$/

/** JSON with whole numbers beyond 2^53 kept as the text of their digits; undefined for what is no JSON. */
export function parseExact(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return parsePlain(text)
  try {
    return parse(text, null, (digits) => {
      const number = Number(digits)
      return WHOLE.test(digits) && !Number.isSafeInteger(number) ? digits : number
    })
  } catch {
    return undefined
  }
}

/** JSON with ordinary numbers: many times faster, for answers whose long ids are not needed. */
export function parsePlain(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // HTML, or an answer cut short; the parser's message would quote it
  }
}
