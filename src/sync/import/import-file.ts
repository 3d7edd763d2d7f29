import { basename } from 'node:path'
import type { Pool } from 'pg'
import type { Clock } from '../../core/clock.ts'
import { UsageError } from '../../core/errors.ts'
import type { Millis } from '../../core/member.ts'
import type { Names } from '../../core/pseudonym.ts'
import { type ImportCounts, type ImportFault, importRows, knownImport } from '../../store/imports.ts'
import type { Runs } from '../../store/runs.ts'
import { type NamedBy, namesNow, namesToWrite } from '../with-names.ts'
import { formatOf, type ImportFormat, recordsOf } from './formats.ts'
import { digestOf } from './lines.ts'
import { type ImportRow, RecordFault, rowOf } from './record.ts'

export interface ImportAsk {
  readonly path: string
  /** Null: by the first lines of the file. */
  readonly format: ImportFormat | null
  /** When rows without a time of their own were taken. */
  readonly takenAt: Millis | null
  readonly dryRun: boolean
}

export interface ImportResult {
  readonly source: string
  /** Null in a dry run. */
  readonly importId: number | null
  /** This very file was imported before, as `importId`: nothing was done. */
  readonly already: boolean
  readonly format: ImportFormat | null
  /** Null where nothing was looked at. */
  readonly counts: ImportCounts | null
}

export interface ImportDeps {
  readonly pool: Pool
  readonly runs: Runs
  readonly clock: Clock
}

/** As many faults of single rows are told at once. */
const ROW_FAULTS = 20

/**
 * Imports a file of snapshots as history from before the first complete reads of its groups: all of it or nothing. Throws UsageError
 * with every fault, by its line, where the file is not whole, contradicts itself or what was read.
 */
export async function importFile(
  { pool, runs, clock }: ImportDeps,
  source: NamedBy,
  ask: ImportAsk,
  signal: AbortSignal,
): Promise<ImportResult> {
  const digest = await digestOf(ask.path)
  const sourceNo = await runs.source(source.name, source.kind)
  const known = await knownImport(pool, sourceNo, digest)
  if (known !== null) return { source: source.name, importId: known, already: true, format: null, counts: null }
  const format = ask.format ?? (await formatOf(ask.path))
  const settings = { lowerCase: source.kind !== 'tencent', takenAt: ask.takenAt }
  const { names, forgets } = ask.dryRun
    ? await namesNow(pool, source, sourceNo)
    : await namesToWrite(pool, source, sourceNo)
  const answer = await importRows(pool, {
    sourceNo,
    forgets,
    digest,
    // Where not everybody is kept by name, a file may be called after somebody who is not.
    file: names === null ? basename(ask.path) : '(name not kept)',
    now: clock.now(),
    rows: kept(rowsOf(ask.path, format, settings, signal), names),
    dryRun: ask.dryRun,
  })
  if (answer.kind === 'refused') throw refusal(ask.path, answer.faults.map(sentence), answer.total)
  if (answer.counts.snapshots === 0)
    throw new UsageError(`${basename(ask.path)} has no rows: there is nothing to import`)
  return { source: source.name, importId: answer.importNo, already: false, format, counts: answer.counts }
}

/** Every row of the file passes here. At its end all faults of single rows are thrown as one. */
async function* rowsOf(
  path: string,
  format: ImportFormat,
  settings: Parameters<typeof rowOf>[1],
  signal: AbortSignal,
): AsyncGenerator<ImportRow> {
  const faults: string[] = []
  const note = (error: unknown): void => {
    if (!(error instanceof RecordFault)) throw error
    faults.push(`line ${error.line} ${error.message}`)
  }
  try {
    for await (const record of recordsOf(path, format)) {
      signal.throwIfAborted()
      try {
        yield rowOf(record, settings)
      } catch (error) {
        note(error)
        if (faults.length >= ROW_FAULTS) break
      }
    }
  } catch (error) {
    note(error)
  }
  if (faults.length > 0) throw refusal(path, faults, faults.length)
}

/** The rows under the names that are kept, with what is kept of each. */
async function* kept(rows: AsyncIterable<ImportRow>, names: Names | null): AsyncGenerator<ImportRow> {
  for await (const row of rows) {
    if (names === null || row.accountId === '') yield row
    else yield { ...row, ...names.row(row) }
  }
}

function refusal(path: string, says: readonly string[], total: number): UsageError {
  const more = total > says.length ? [`… and ${total - says.length} more`] : []
  return new UsageError(
    `${basename(path)} was not imported, and nothing of it written:\n${[...says, ...more].map((one) => `  ${one}`).join('\n')}`,
  )
}

const time = (at: Millis | null): string => (at === null ? 'an unknown time' : new Date(at).toISOString())

/** One fault with its line and its cure. */
function sentence({ line, fault, groupId, accountId, at, otherAt, n, m }: ImportFault): string {
  const snapshot = `the snapshot of ${groupId} at ${time(at)}`
  switch (fault) {
    case 'twice':
      return `line ${line}: ${accountId === '' ? 'the empty row' : accountId} stands in ${snapshot} already, in line ${n}: take one of the two out`
    case 'count':
      return `line ${line}: ${snapshot} is said to have ${n} members and lists ${m}: it is not whole; take it out, or mend it`
    case 'future':
      return `line ${line}: ${snapshot} lies in the future: mend taken_at`
    case 'imported':
      return `line ${line}: ${groupId} has imported history already, by import ${n}: take that back first (rollcall import --remove ${n}), and import one file with all of it`
    case 'late':
      return `line ${line}: ${snapshot} is not from before the first complete read, whose run began ${time(otherAt)}: from then on the reads say who was in; take it out`
    case 'missing':
      return `line ${line}: ${snapshot} does not list ${accountId}, who by what was read has been in without a break since ${time(otherAt)}: the snapshot is not whole; take it out, or mend it`
  }
}
