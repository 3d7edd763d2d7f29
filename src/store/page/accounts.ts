import type { Pool } from 'pg'
import { ask, containing, type Shown } from './shown.ts'

interface StayRow {
  group_id: string
  name: string | null
  type: string
  dissolved_at: Date | null
  role: 'owner' | 'admin' | 'member'
  name_card: string | null
  start_not_before: Date | null
  start_at: Date
  end_not_before: Date | null
  end_at: Date | null
  joined_at: Date | null
  start_run_id: number
  end_run_id: number | null
}
export type StayShown = Shown<StayRow>

/** Every stay of an account in any group of a source; those that last come first. */
export function staysOf(pool: Pool, source: string, accountId: string, most: number): Promise<StayShown[]> {
  return ask<StayRow>(pool, 'page-stays', [source, accountId, most])
}

interface FoundRow {
  what: 'group' | 'account'
  source: string
  id: string
  name: string | null
  /** Of a group its members, of an account its groups. */
  members: number
}
export type Found = Shown<FoundRow>

/** Groups and accounts for the search box. */
export function find(pool: Pool, text: string, most: number): Promise<Found[]> {
  return ask<FoundRow>(pool, 'page-find', [text, containing(text), most])
}
