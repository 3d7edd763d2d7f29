import { readFileSync } from 'node:fs'

const texts = new Map<string, string>()

/** The text of src/store/sql/NAME.sql: one statement, with a head that says what it does and what it takes. */
export function statement(name: string): string {
  const known = texts.get(name)
  if (known !== undefined) return known
  const text = readFileSync(new URL(`sql/${name}.sql`, import.meta.url), 'utf8')
  texts.set(name, text)
  return text
}

/** Turns rows into the parallel arrays that `unnest` takes. */
export function columns<T>(rows: readonly T[], ...pick: readonly ((row: T) => unknown)[]): unknown[][] {
  return pick.map((get) => rows.map(get))
}

/** A moment as PostgreSQL reads it: ISO text, `infinity` for ever, null for none. */
export function timestamp(time: number | null | undefined): string | null {
  if (time === null || time === undefined) return null
  return time === Number.POSITIVE_INFINITY ? 'infinity' : new Date(time).toISOString()
}

/** A moment as PostgreSQL gives it, in ms. */
export function millis(time: Date | number | string | null): number | null {
  if (time === null) return null
  if (typeof time === 'number') return time // pg parses infinity as a number
  if (time === 'infinity') return Number.POSITIVE_INFINITY
  return time instanceof Date ? time.getTime() : Date.parse(time)
}
