import { pipeline } from 'node:stream/promises'
import type { Pool, PoolClient } from 'pg'
import { from } from 'pg-copy-streams'
import type { Millis } from '../core/member.ts'
import { CopyBuffer } from './copy-buffer.ts'
import { assertNamesFresh } from './pseudonyms.ts'
import { statement, timestamp } from './statement.ts'
import { inTransaction } from './transaction.ts'

/** A row of a file that is being imported; `accountId` empty: a snapshot without members. */
export interface StagedRow {
  readonly line: number
  readonly declared: number | null
  readonly takenAt: Millis
  readonly joinedAt: Millis | null
  readonly groupId: string
  readonly accountId: string
  readonly role: string
  readonly nameCard: string | null
}

export const IMPORT_FAULTS = ['twice', 'count', 'future', 'imported', 'late', 'missing'] as const
/** Why a file cannot be imported: what `at`, `otherAt`, `n` and `m` mean depends on the fault. */
export interface ImportFault {
  readonly line: number
  readonly fault: (typeof IMPORT_FAULTS)[number]
  readonly groupId: string
  readonly accountId: string | null
  readonly at: Millis | null
  readonly otherAt: Millis | null
  readonly n: number | null
  readonly m: number | null
}

export interface ImportCounts {
  readonly snapshots: number
  readonly groups: number
  readonly rows: number
  readonly stays: number
  readonly edits: number
  readonly firstAt: Millis
  readonly lastAt: Millis
}

export interface ImportAsk {
  readonly sourceNo: number
  /** As many accounts were forgotten when the names of the rows were made; see `assertNamesFresh`. */
  readonly forgets: number
  readonly file: string
  readonly digest: string
  readonly now: Millis
  readonly rows: AsyncIterable<StagedRow>
  /** Look, and write nothing. */
  readonly dryRun: boolean
}

export type ImportAnswer =
  | { readonly kind: 'refused'; readonly faults: readonly ImportFault[]; readonly total: number }
  | { readonly kind: 'imported'; readonly importNo: number | null; readonly counts: ImportCounts }

const FAULTS_SHOWN = 20

/** Stages the rows of a file, finds the stays they show, and writes them unless something speaks against it: all or nothing. */
export async function importRows(pool: Pool, ask: ImportAsk): Promise<ImportAnswer> {
  return inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL work_mem = '256MB'; SET LOCAL jit = off`)
    await client.query(statement('import-staging'))
    await pipeline(chunks(ask.rows), client.query(from(statement('import-copy'))))
    for (const table of ['row', 'snapshot', 'stay', 'edit'] as const) {
      if (table !== 'row') await client.query(statement(`import-${table === 'stay' ? 'stays' : `${table}s`}`))
      await client.query(`ANALYZE import_${table}`)
    }
    const refused = await faultsOf(client, ask)
    if (refused !== null) return refused
    const counts = await countsOf(client)
    if (ask.dryRun || counts.snapshots === 0) return { kind: 'imported', importNo: null, counts }
    await assertNamesFresh(client, ask.sourceNo, ask.forgets)
    const { rows } = await client.query<{ import_no: number }>(statement('import-write'), [
      ask.sourceNo,
      ask.file,
      ask.digest,
    ])
    return { kind: 'imported', importNo: rows[0]?.import_no ?? null, counts }
  })
}

async function* chunks(rows: AsyncIterable<StagedRow>): AsyncGenerator<Buffer> {
  const out = new CopyBuffer()
  for await (const row of rows) {
    out.row(8)
    out.int4(row.line)
    if (row.declared === null) out.text(null)
    else out.int4(row.declared)
    out.time(row.takenAt)
    out.time(row.joinedAt)
    out.text(row.groupId)
    out.text(row.accountId)
    out.text(row.role)
    out.text(row.nameCard)
    if (out.isFull) yield out.take()
  }
  yield out.end()
}

async function faultsOf(client: PoolClient, { sourceNo, now }: ImportAsk): Promise<ImportAnswer | null> {
  const { rows } = await client.query<{
    line: number
    fault: ImportFault['fault']
    group_id: string
    account_id: string | null
    at: Date | null
    other_at: Date | null
    n: number | null
    m: number | null
    total: number
  }>(statement('import-faults'), [sourceNo, timestamp(now), FAULTS_SHOWN])
  if (rows.length === 0) return null
  const faults = rows.map(({ line, fault, n, m, ...row }) => ({
    line,
    fault,
    groupId: row.group_id,
    accountId: row.account_id,
    at: row.at?.getTime() ?? null,
    otherAt: row.other_at?.getTime() ?? null,
    n,
    m,
  }))
  return { kind: 'refused', faults, total: rows[0]?.total ?? 0 }
}

async function countsOf(client: PoolClient): Promise<ImportCounts> {
  const { rows } = await client.query<{
    snapshots: number
    groups: number
    rows: bigint
    stays: bigint
    edits: bigint
    first_at: Date | null
    last_at: Date | null
  }>(statement('import-counts'))
  const [row] = rows
  return {
    snapshots: row?.snapshots ?? 0,
    groups: row?.groups ?? 0,
    rows: Number(row?.rows ?? 0),
    stays: Number(row?.stays ?? 0),
    edits: Number(row?.edits ?? 0),
    firstAt: row?.first_at?.getTime() ?? 0,
    lastAt: row?.last_at?.getTime() ?? 0,
  }
}

/** The import of this very file, null where it was not imported. */
export async function knownImport(pool: Pool, sourceNo: number, digest: string): Promise<number | null> {
  const { rows } = await pool.query<{ import_no: number }>(statement('import-known'), [sourceNo, digest])
  return rows[0]?.import_no ?? null
}

export interface ImportShown {
  readonly id: number
  readonly source: string
  readonly file: string
  readonly importedAt: Millis
  readonly firstAt: Millis
  readonly lastAt: Millis
  readonly snapshots: number
  readonly groups: number
  readonly rows: number
  readonly stays: number
}

/** What was imported of a source (null: of all), oldest first. */
export async function listImports(pool: Pool, source: string | null): Promise<ImportShown[]> {
  const { rows } = await pool.query<
    Pick<ImportShown, 'id' | 'source' | 'file' | 'snapshots' | 'groups'> & {
      imported_at: Date
      first_at: Date
      last_at: Date
      rows: bigint
      stays: bigint
    }
  >(statement('import-list'), [source])
  return rows.map(({ imported_at: at, first_at: first, last_at: last, rows: members, stays, ...one }) => ({
    ...one,
    importedAt: at.getTime(),
    firstAt: first.getTime(),
    lastAt: last.getTime(),
    rows: Number(members),
    stays: Number(stays),
  }))
}

/** Takes an import back, with all that it brought; null where the source has none with this id. */
export async function removeImport(
  pool: Pool,
  source: string,
  id: number,
): Promise<{ file: string; stays: number } | null> {
  const { rows } = await pool.query<{ name: string; stays: bigint }>(statement('import-remove'), [source, id])
  const [row] = rows
  return row === undefined ? null : { file: row.name, stays: Number(row.stays) }
}
