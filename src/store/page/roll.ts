import type { Pool } from 'pg'
import { timestamp } from '../statement.ts'
import { ask, containing } from './shown.ts'

export interface RollAsk {
  readonly source: string
  readonly groupId: string
  readonly at: number
  readonly q: string | null
  readonly role: 'owner' | 'admin' | 'member' | null
  readonly offset: number
  readonly limit: number
}

export interface RollMember {
  readonly accountId: string
  readonly role: 'owner' | 'admin' | 'member'
  readonly nameCard: string | null
  readonly joinedAt: string | null
  readonly proven: boolean
}

export interface RollPage {
  readonly total: number
  readonly unproven: number
  readonly owners: number
  readonly admins: number
  /** How many fit what is searched. */
  readonly fitting: number
  readonly members: readonly RollMember[]
}

interface RollRow {
  total: number
  unproven: number
  owners: number
  admins: number
  fitting: number
  account_id: string | null
  role: RollMember['role'] | null
  name_card: string | null
  joined_at: Date | null
  proven: boolean | null
}

/** Who was in a group at a moment (`members_at`), a page of it. */
export async function rollAt(pool: Pool, of: RollAsk): Promise<RollPage> {
  const values = [of.source, of.groupId, timestamp(of.at), containing(of.q), of.role, of.offset, of.limit]
  const rows = await ask<RollRow>(pool, 'page-roll', values)
  const members = rows.flatMap(({ accountId, role, nameCard, joinedAt, proven }): RollMember[] =>
    accountId === null || role === null ? [] : [{ accountId, role, nameCard, joinedAt, proven: proven === true }],
  )
  const [first] = rows
  const { total = 0, unproven = 0, owners = 0, admins = 0, fitting = 0 } = first ?? {}
  return { total, unproven, owners, admins, fitting, members }
}
