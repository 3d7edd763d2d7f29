import { VendorError } from '../../core/errors.ts'
import { parseExact } from '../json.ts'
import { isRaw } from '../raw.ts'
import type { Raw } from '../raw.ts'
import type { HttpAnswer } from '../types.ts'
import { refusal } from './refusal.ts'
import type { Caller, Subject } from './refusal.ts'

/** A success of the vendor's, opened. */
export interface Opened {
  readonly body: Raw
  /** The rows under this name. An answer without them is passing trouble: no rows and no answer are not the same. */
  rows(name: 'data' | 'entities'): readonly unknown[]
  /** The cursor of the next page, null at the end. */
  readonly cursor: string | null
}

/** Opens an answer (E3, E4); throws a VendorError for every refusal, and for what is no JSON object. */
export function open(caller: Caller, endpoint: string, answer: HttpAnswer, subject: Subject): Opened {
  const body = parseExact(answer.text)
  const { status } = answer
  const word = isRaw(body) && typeof body['error'] === 'string' ? body['error'] : ''
  if (status < 200 || status >= 300 || word !== '') {
    const text = isRaw(body) && typeof body['error_description'] === 'string' ? body['error_description'] : ''
    throw refusal(caller, endpoint, answer, { word, text, subject })
  }
  const broken = (code: string, says: string) =>
    new VendorError(`${caller.host} ${endpoint}: ${says}`, { fault: 'retry', code, endpoint })
  if (!isRaw(body)) throw broken('not JSON', 'the answer is not a JSON object: is a proxy in between?')
  const { cursor } = body
  return {
    body,
    rows(name) {
      const rows = body[name]
      if (!Array.isArray(rows)) throw broken('no rows', `the answer has no ${name}`)
      return rows
    },
    cursor: typeof cursor === 'string' && cursor !== '' ? cursor : null,
  }
}
