import { createHmac } from 'node:crypto'
import type { BadRecord, JsonObject, Member } from './member.ts'

/** Keyed hashes in place of accounts' names. Whoever has the key can try names; nobody can turn one back. */

/** 26 letters of 5 bits: 130 bits of an HMAC-SHA-256. Lower case, as two of the vendors have no other. */
const PATTERN = /^anon-[a-z2-7]{26}$/
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const LENGTH = 26

/** @example pseudonymOf(key, 'acme', 'alice') // 'anon-k3v…': the same each time, another at another source */
export function pseudonymOf(key: string, source: string, accountId: string): string {
  const hash = createHmac('sha256', key).update(`rollcall account\n${source}\n${accountId}`).digest()
  let letters = 'anon-'
  for (let letter = 0, bit = 0; letter < LENGTH; letter++, bit += 5) {
    const pair = ((hash[bit >> 3] ?? 0) << 8) | (hash[(bit >> 3) + 1] ?? 0)
    letters += LETTERS[(pair >> (11 - (bit & 7))) & 31] ?? ''
  }
  return letters
}

/** By what a key is known again, without being said. */
export const hashOfKey = (key: string): string =>
  createHmac('sha256', key).update('rollcall key').digest('hex').slice(0, 32)

/** Under which name each account of a source is kept. */
export interface Names {
  /** How many accounts of the source were forgotten when these names were read from the database. */
  readonly forgets: number
  /** The name an account is kept under: its own, or its pseudonym. That of a kept name is the name itself. */
  readonly of: (accountId: string) => string
  /** What the vendor calls an account kept under this name; null where that is forgotten, or was never said. */
  readonly clear: (kept: string) => string | null
  /** What is kept of a row of a snapshot. */
  readonly row: (row: { readonly accountId: string; readonly nameCard: string | null }) => {
    readonly accountId: string
    readonly nameCard: string | null
  }
  /** What is kept of a member. */
  readonly member: (member: Member) => Member
  /** What is kept of a record that could not be understood. */
  readonly bad: (record: BadRecord) => BadRecord
  /** A sentence without the names that are not kept. */
  readonly sentence: (text: string) => string
}

interface NamesOf {
  readonly key: string
  readonly source: string
  readonly forgets: number
  /** The pseudonyms of those who are forgotten. */
  readonly forgotten: ReadonlySet<string>
  /** Nobody of the source is kept by name. */
  readonly everybody: boolean
  /** The vendor takes ALICE for alice. */
  readonly ignoresCase: boolean
  /** Names that the configuration, or the person who asks, says: the vendor can be asked about these. */
  readonly said: readonly string[]
}

/** Names of one account are asked for again and again, once for each of its groups. */
const REMEMBERED = 20_000

export function createNames(given: NamesOf): Names {
  const { key, source, forgets, forgotten, everybody, ignoresCase, said } = given
  const remembered = new Map<string, string>()
  let clearNames: Map<string, string> | null = null

  function hashed(accountId: string): string {
    if (PATTERN.test(accountId) && (everybody || forgotten.has(accountId))) return accountId
    const pseudonym = pseudonymOf(key, source, ignoresCase ? accountId.toLowerCase() : accountId)
    return everybody || forgotten.has(pseudonym) ? pseudonym : accountId
  }
  function of(accountId: string): string {
    const known = remembered.get(accountId)
    if (known !== undefined) return known
    const kept = hashed(accountId)
    if (remembered.size >= REMEMBERED) remembered.clear()
    remembered.set(accountId, kept)
    return kept
  }
  /** The accounts that were said, by the pseudonyms they are kept under; made when it is first asked for. */
  function cleared(): ReadonlyMap<string, string> {
    clearNames ??= new Map(
      said
        .map((accountId): [string, string] => [of(accountId), accountId])
        .filter(([kept, accountId]) => kept !== accountId && !forgotten.has(kept)),
    )
    return clearNames
  }
  const isPseudonym = (kept: string): boolean => (everybody ? PATTERN.test(kept) : forgotten.has(kept))
  const bare = (member: Member, accountId: string): Member => ({ ...member, accountId, ...BARE })
  return {
    forgets,
    of,
    clear: (kept) => (isPseudonym(kept) ? (cleared().get(kept) ?? null) : kept),
    row({ accountId, nameCard }) {
      const kept = of(accountId)
      return { accountId: kept, nameCard: everybody || kept !== accountId ? null : nameCard }
    },
    member(member) {
      const kept = of(member.accountId)
      if (everybody || kept !== member.accountId) return bare(member, kept)
      const attributes = namedIn(member.attributes, of)
      return attributes === member.attributes ? member : { ...member, attributes }
    },
    bad(record) {
      const accountId = record.accountId === null ? null : of(record.accountId)
      // What is quoted of a record that is nobody's, or of somebody not kept by name, may be the name.
      const wordless = everybody || accountId === null || accountId !== record.accountId
      const reason = wordless ? withoutWords(record.reason, cleared()) : record.reason.replaceAll(WORD, of)
      return { ...record, accountId, reason }
    },
    sentence: (text) => (everybody ? withoutWords(text, cleared()) : text.replaceAll(WORD, of)),
  }
}

/** Of an account that is not kept by name nothing is kept that people wrote about it or that the app put there. */
export const BARE = { nameCard: null, attributes: null, live: null } as const

/** Keys of a member's `attributes` that hold another account. */
export const NAMING = ['invitor_account_id'] as const

function namedIn(attributes: JsonObject | null, of: (accountId: string) => string): JsonObject | null {
  let named = attributes
  for (const key of NAMING) {
    const account = named?.[key]
    if (typeof account !== 'string') continue
    const kept = of(account)
    if (kept !== account) named = { ...named, [key]: kept }
  }
  return named
}

/** What is kept of a member when an account is forgotten; the same object where nothing of it names the account. */
export function withoutAccount(member: Member, accountId: string, pseudonym: string): Member {
  const of = (name: string): string => (name === accountId ? pseudonym : name)
  if (member.accountId === accountId) return { ...member, ...BARE, accountId: pseudonym }
  const attributes = namedIn(member.attributes, of)
  return attributes === member.attributes ? member : { ...member, attributes }
}

/** What may be an account within a sentence: anything between spaces, quotes and brackets. */
const WORD = /[^\s"'`,;()[\]{}<>]+(?<![.:!?])/gu

/** What a sentence quotes of the vendor's may be anybody's. */
function withoutWords(text: string, cleared: ReadonlyMap<string, string>): string {
  // To the end: what is quoted may have been cut off, and nothing then says where it ends.
  let masked = text.replace(/["{[].*$/s, '(not kept)')
  for (const [kept, clear] of cleared) {
    if (masked.toLowerCase().includes(clear.toLowerCase())) masked = withoutName(masked, clear, kept, false)
  }
  return masked
}

/**
 * A text with a pseudonym wherever it names an account: as it is, as JSON writes it, or as an address does.
 *
 * @example withoutName('ann is in, joanna too', 'ann', 'anon-…', true) // 'anon-… is in, joanna too'
 */
export function withoutName(text: string, accountId: string, pseudonym: string, exactCase: boolean): string {
  return spellings(accountId).reduce(
    (masked, spelling) => masked.replaceAll(alone(spelling, exactCase), () => pseudonym),
    text,
  )
}

/** The ways in which a text may write an account, the longest first. */
export function spellings(accountId: string): readonly string[] {
  const ways = new Set([accountId, JSON.stringify(accountId).slice(1, -1), encodeURIComponent(accountId)])
  return [...ways].sort((a, b) => b.length - a.length)
}

function alone(spelling: string, exactCase: boolean): RegExp {
  const literal = spelling.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  return new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, exactCase ? 'gu' : 'giu')
}
