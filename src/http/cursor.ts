import { z } from 'zod'
import { Refusal } from './problem.ts'

/** A place in a list as one opaque word. */
export const writeCursor = (place: object): string => Buffer.from(JSON.stringify(place)).toString('base64url')

/** Null for none. Throws a refusal for what was never given out. */
export function readCursor<T>(cursor: string | undefined, shape: z.ZodType<T>): T | null {
  if (cursor === undefined) return null
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw new Refusal(400, 'The cursor is not one that this API gave out.')
  }
}
