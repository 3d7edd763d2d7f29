import type { Pool } from 'pg'
import { statement } from '../statement.ts'

type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S
type Plain<T> = T extends Date ? string : T extends bigint ? number : T
/** A row as JSON shows it: `last_read_at: Date` → `lastReadAt: '2026-01-01T00:00:00.000Z'`. */
export type Shown<R> = { readonly [K in keyof R & string as Camel<K>]: Plain<R[K]> }

export function shown<R extends object>(row: R): Shown<R> {
  const entries = Object.entries(row).map(([name, value]) => [camel(name), plain(value)])
  return Object.fromEntries(entries) as Shown<R>
}

const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'bigint' ? Number(value) : value
}

/** Asks one statement of src/store/sql and shows its rows. */
export async function ask<R extends object>(pool: Pool, name: string, values: unknown[] = []): Promise<Shown<R>[]> {
  const { rows } = await pool.query<R>(statement(name), values)
  return rows.map(shown)
}

/** What a person types, as a pattern that finds it anywhere; null for nothing. */
export function containing(text: string | null): string | null {
  return text === null || text === '' ? null : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
}
