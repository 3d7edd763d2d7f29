import type { Pool, PoolClient } from 'pg'
import { OperatorError, UsageError } from '../core/errors.ts'
import { createNames, hashOfKey, type Names } from '../core/pseudonym.ts'
import { beginPseudonymous, keepKeyHash, storedNames, type StoredNames } from '../store/pseudonyms.ts'
import { maskedVendor } from './masked-vendor.ts'
import type { SyncSource } from './types.ts'

/** By what the names of a source are known. */
export interface NamedBy extends Pick<SyncSource, 'name' | 'pseudonyms'> {
  readonly kind: SyncSource['vendor']['kind']
}

/** A source as it may be read: what its vendor says comes under the names that are kept. */
export interface NamedSource {
  readonly source: SyncSource
  /** Null where everybody is kept by name: nothing is looked at then. */
  readonly names: Names | null
  readonly forgets: number
  /** Accounts under the names that are kept. */
  readonly kept: (accounts: readonly string[]) => readonly string[]
}

/**
 * Reads which accounts of a source are not kept by name. Throws a UsageError where they cannot be told, for then their
 * names would come back.
 *
 * @param said accounts that a person asks for by name
 * @param dryRun notes nothing
 */
export async function withNames(
  pool: Pool,
  source: SyncSource,
  sourceNo: number,
  { said = [], dryRun = false }: { readonly said?: readonly string[]; readonly dryRun?: boolean } = {},
): Promise<NamedSource> {
  const stored = await storedNames(pool, sourceNo)
  const accounts = [...source.discover.accounts, ...said]
  const names = namesOf({ ...source, kind: source.vendor.kind }, stored, accounts)
  if (names !== null && !dryRun) await settleKey(pool, source, sourceNo, stored)
  const { forgets } = stored
  if (names === null) return { source, names, forgets, kept: (given) => given }
  const { accounts: named, ...others } = source.discover
  const discover = {
    ...others,
    /** Hashed only where lists are read. */
    get accounts() {
      return named.map(names.of)
    },
  }
  const masked = { ...source, vendor: maskedVendor(source.vendor, names), discover }
  return { source: masked, names, forgets, kept: (given) => given.map(names.of) }
}

/** As `withNames`, for a worker: what it lacks may come, or another worker has it. */
export function withNamesOrLater(pool: Pool, source: SyncSource, sourceNo: number): Promise<NamedSource> {
  return withNames(pool, source, sourceNo).catch((error: unknown) => {
    throw error instanceof UsageError ? new OperatorError(error.message, { cause: error }) : error
  })
}

/** As `withNames`, of the names alone; while the transaction of `held` lasts, nobody of the source is forgotten. */
export async function heldNames(held: PoolClient, source: NamedBy, sourceNo: number): Promise<Names | null> {
  return namesOf(source, await storedNames(held, sourceNo, held), [])
}

/** The names of a source now; null where everybody is kept by name. */
export async function namesNow(
  pool: Pool,
  source: NamedBy,
  sourceNo: number,
): Promise<{ readonly names: Names | null; readonly forgets: number }> {
  const stored = await storedNames(pool, sourceNo)
  return { names: namesOf(source, stored, []), forgets: stored.forgets }
}

/** As `namesNow`, before something is written under these names. */
export async function namesToWrite(
  pool: Pool,
  source: NamedBy,
  sourceNo: number,
): Promise<{ readonly names: Names | null; readonly forgets: number }> {
  const stored = await storedNames(pool, sourceNo)
  const names = namesOf(source, stored, [])
  if (names !== null) await settleKey(pool, source, sourceNo, stored)
  return { names, forgets: stored.forgets }
}

function namesOf({ name, kind, pseudonyms }: NamedBy, stored: StoredNames, said: readonly string[]): Names | null {
  const everybody = pseudonyms?.everybody === true
  if (everybody && !stored.everybody && stored.hasGroups) throw new UsageError(TOO_LATE(name))
  if (!everybody && stored.everybody) throw new UsageError(PUT_BACK(name))
  if (!everybody && stored.forgotten.length === 0) return null
  const key = pseudonyms?.key ?? null
  if (key === null) throw new UsageError(NO_KEY(name, stored))
  if (stored.keyHash !== null && stored.keyHash !== hashOfKey(key)) throw new UsageError(OTHER_KEY(name, stored))
  const { forgets, forgotten } = stored
  return createNames({
    key,
    source: name,
    forgets,
    forgotten: new Set(forgotten),
    everybody,
    ignoresCase: kind !== 'tencent',
    said,
  })
}

/** Notes at the first read of a source without names that it is one, and which key it goes by. */
async function settleKey(
  pool: Pool,
  { name, pseudonyms }: Pick<SyncSource, 'name' | 'pseudonyms'>,
  sourceNo: number,
  stored: StoredNames,
) {
  const key = pseudonyms?.key ?? ''
  if (stored.keyHash === null && (await keepKeyHash(pool, hashOfKey(key))) !== hashOfKey(key))
    throw new UsageError(OTHER_KEY(name, stored))
  if (pseudonyms?.everybody === true && !stored.everybody && !(await beginPseudonymous(pool, sourceNo)))
    throw new UsageError(TOO_LATE(name))
}

const TOO_LATE = (name: string): string =>
  `The source "${name}" holds accounts by name already, so pseudonymize: true comes too late for it: give the source another name in the file and it begins anew without names, or take pseudonymize out again and use rollcall forget for single accounts.`
const PUT_BACK = (name: string): string =>
  `The source "${name}" was begun with pseudonymize: true, and its accounts are known by their pseudonyms alone: put pseudonymize: true back. To read the app by name, give the source another name.`

const whose = (name: string, { forgotten }: StoredNames): string =>
  forgotten.length === 0
    ? `The accounts of "${name}" are kept by pseudonym`
    : `${forgotten.length} account(s) of "${name}" are forgotten`

const NO_KEY = (name: string, stored: StoredNames): string =>
  `${whose(name, stored)}, and ROLLCALL_PSEUDONYM_KEY is not set: without it their names would come in. Set it to the key that was used before; nothing was read.`
const OTHER_KEY = (name: string, stored: StoredNames): string =>
  `${whose(name, stored)}, and ROLLCALL_PSEUDONYM_KEY is another key than the one that was used before: with it their names would come in, or be others. Put the key of before back; nothing was read.`
