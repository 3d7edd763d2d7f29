import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import pg, { type Pool, type PoolClient } from 'pg'
import { to } from 'pg-copy-streams'
import { writeParquet } from './export-parquet.ts'

/** What can be exported, each with its meaning: the views of interface.md, section 4. */
export const EXPORTS = {
  membership_intervals: 'every stay: the whole history of who was where',
  member_changes: 'every change of a member, with the run that saw it',
  group_changes: 'every change of a group',
  current_groups: 'all groups as they are now',
  current_members: 'all members as they are now',
  runs: 'every run',
  group_reads: 'the receipt of every read of a group',
  data_quality: 'how far each group can be trusted',
} as const
export type ExportName = keyof typeof EXPORTS
export const FORMATS = ['csv', 'parquet'] as const
export type ExportFormat = (typeof FORMATS)[number]

export interface ExportAsk {
  readonly names: readonly ExportName[]
  readonly format: ExportFormat
  /** Null for all sources. */
  readonly source: string | null
  /** The file of each export. A file appears under its name when it is whole. */
  file(name: ExportName): string
}
export interface Exported {
  readonly name: ExportName
  readonly file: string
  readonly rows: number
}

/** Writes views to files in one snapshot, so that they fit together; memory stays flat however long the history. */
export async function* exportViews(pool: Pool, ask: ExportAsk): AsyncGenerator<Exported> {
  const client = await pool.connect()
  try {
    await begin(client)
    for (const name of ask.names) {
      const file = ask.file(name)
      const part = `${file}.part`
      try {
        const select = selectOf(name, ask.source)
        const rows =
          ask.format === 'csv' ? await copyOut(client, select, part) : await writeParquet(client, select, part)
        await rename(part, file)
        yield { name, file, rows }
      } finally {
        await rm(part, { force: true })
      }
    }
  } finally {
    await client.query('ROLLBACK').catch(() => null) // the connection may be gone
    client.release()
  }
}

/** One view as CSV to whoever takes it, until nobody reads any more (false). Returns the number of rows. */
export async function exportCsv(
  pool: Pool,
  name: ExportName,
  source: string | null,
  take: (text: string) => Promise<boolean>,
): Promise<number> {
  const client = await pool.connect()
  let broken = true
  try {
    await begin(client)
    const copy = client.query(to(copyText(selectOf(name, source))))
    const decoder = new TextDecoder()
    for await (const chunk of copy) if (!(await take(decoder.decode(chunk, { stream: true })))) return copy.rowCount
    await client.query('ROLLBACK')
    broken = false
    return copy.rowCount
  } finally {
    client.release(broken) // a COPY that was left half-way ends with its connection
  }
}

/** Times in UTC and ISO, whatever the server's settings. */
async function begin(client: PoolClient): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await client.query(`SET LOCAL TimeZone = 'UTC'`)
  await client.query(`SET LOCAL DateStyle = 'ISO, YMD'`)
}

const selectOf = (name: ExportName, source: string | null): string =>
  `SELECT * FROM rollcall.${name}${source === null ? '' : ` WHERE source = ${pg.escapeLiteral(source)}`}`

const copyText = (select: string): string => `COPY (${select}) TO STDOUT WITH (FORMAT csv, HEADER true)`

async function copyOut(client: PoolClient, select: string, file: string): Promise<number> {
  const copy = client.query(to(copyText(select)))
  await pipeline(copy, createWriteStream(file))
  return copy.rowCount
}
