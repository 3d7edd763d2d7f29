import type { Millis, Role } from '../../core/member.ts'
import { isStorableId, pgText } from '../../core/text.ts'

/** One member in one snapshot of a group; without an account, a snapshot of a group that has nobody in it. */
export interface ImportRow {
  /** Where it stands in the file, from 1. */
  readonly line: number
  readonly groupId: string
  /** Empty: the snapshot has no members. */
  readonly accountId: string
  readonly takenAt: Millis
  readonly role: Role
  readonly nameCard: string | null
  readonly joinedAt: Millis | null
  /** How many members the snapshot is said to have; null where it does not say. */
  readonly declared: number | null
}

/** What a format found in the file, as it stands there. */
export interface RawRecord {
  readonly line: number
  readonly fields: Readonly<Record<string, unknown>>
}

export interface RecordSettings {
  /** Vendors that ignore case: accounts are written in lower case, as the adapters do. */
  readonly lowerCase: boolean
  /** When rows without a time of their own were taken; null: each must have one. */
  readonly takenAt: Millis | null
}

/** A row that cannot be used: its line, and what to mend. */
export class RecordFault extends Error {
  override readonly name = 'RecordFault'
  readonly line: number
  constructor(line: number, says: string) {
    super(says)
    this.line = line
  }
}

/** The names a column may have. */
const NAMES = {
  group: ['group', 'group_id', 'groupId'],
  account: ['account', 'account_id', 'accountId'],
  takenAt: ['taken_at', 'takenAt', 'snapshot_at', 'at'],
  role: ['role'],
  nameCard: ['name_card', 'nameCard'],
  joinedAt: ['joined_at', 'joinedAt'],
  count: ['count', 'member_count', 'memberCount'],
} as const

/** Every record of every format becomes a row here. Throws RecordFault. */
export function rowOf({ line, fields }: RawRecord, { lowerCase, takenAt }: RecordSettings): ImportRow {
  const value = (key: keyof typeof NAMES): unknown => {
    const found = NAMES[key].map((name) => fields[name]).find((one) => one !== undefined && one !== null && one !== '')
    return found ?? null
  }
  const text = (key: 'group' | 'account'): string => {
    const found = value(key)
    const id = typeof found === 'number' && Number.isSafeInteger(found) ? String(found) : found
    if (id === null) return ''
    if (typeof id !== 'string' || !isStorableId(id))
      throw new RecordFault(line, `${NAMES[key][0]} is no id: write the vendor's id as text`)
    return id
  }
  const groupId = text('group')
  if (groupId === '')
    throw new RecordFault(line, 'has no group: write the vendor\'s id of the group into a column "group"')
  const account = text('account')
  const declared = countOf(value('count'), line)
  if (account === '' && declared !== 0)
    throw new RecordFault(line, 'has no account: only a row with count 0 (a group without members) may lack one')
  const card = value('nameCard')
  return {
    line,
    groupId,
    accountId: lowerCase ? account.toLowerCase() : account,
    takenAt: required(momentOf(value('takenAt'), 'taken_at', line) ?? takenAt, line),
    role: roleOf(value('role'), line),
    nameCard: typeof card === 'string' ? pgText(card) : null,
    joinedAt: momentOf(value('joinedAt'), 'joined_at', line),
    declared,
  }
}

function required(at: Millis | null, line: number): Millis {
  if (at !== null) return at
  throw new RecordFault(
    line,
    'does not say when it was taken: add a column "taken_at", or say --at TIME for the whole file',
  )
}

function roleOf(value: unknown, line: number): Role {
  const word = typeof value === 'string' ? value.toLowerCase() : value
  if (word === null) return 'member'
  if (word === 'owner' || word === 'admin' || word === 'member') return word
  throw new RecordFault(line, `role is ${JSON.stringify(value)}: write owner, admin or member`)
}

function countOf(value: unknown, line: number): number | null {
  if (value === null) return null
  const count = typeof value === 'number' ? value : Number(value)
  if (Number.isSafeInteger(count) && count >= 0 && count < 2 ** 31) return count
  throw new RecordFault(line, `count is ${JSON.stringify(value)}: write how many members the snapshot has`)
}

const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|[+-]\d{2}(:?\d{2})?)$/i

/** ISO with a zone, or seconds or milliseconds since 1970. A time without a zone could be any of 26 hours. */
function momentOf(value: unknown, name: string, line: number): Millis | null {
  if (value === null) return null
  const text = typeof value === 'string' ? value.trim() : ''
  const number = typeof value === 'number' ? value : /^\d{9,13}(\.\d+)?$/.test(text) ? Number(text) : null
  if (number !== null && number > 0) return Math.floor(number < 1e11 ? number * 1000 : number)
  const at = ISO.test(text) ? Date.parse(standard(text)) : Number.NaN
  if (Number.isFinite(at)) return at
  throw new RecordFault(
    line,
    `${name} is ${JSON.stringify(value)}: write it with its zone, as 2024-05-01T10:00:00Z or 2024-05-01T10:00:00+08:00, or as seconds since 1970`,
  )
}

/** As the standard writes it, which is all that JavaScript is sure to read: `2024-05-01 10:00+08` → `2024-05-01T10:00+08:00`. */
const standard = (text: string): string =>
  text
    .replace(/\s+(?=Z|[+-])/i, '')
    .replace(' ', 'T')
    .replace(',', '.')
    .replace(/([+-]\d{2}):?(\d{2})?$/, (_, hours: string, minutes?: string) => `${hours}:${minutes ?? '00'}`)
