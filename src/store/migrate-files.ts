import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OperatorError } from '../core/errors.ts'

/** One `prisma/migrations/<timestamp>_<name>/migration.sql`. */
export interface Migration {
  readonly name: string
  readonly sql: string
  /** Prisma's: sha256 of the file, in hex. */
  readonly checksum: string
  /** The checksums of the same text with other line ends, as a checkout on another system has them. */
  readonly aliases: readonly string[]
  /** False where the first line is `-- rollcall: no transaction` (CREATE INDEX CONCURRENTLY and the like). */
  readonly transaction: boolean
}

const NO_TRANSACTION = /^-- rollcall: no transaction\s*$/

/** The migrations of a folder, in the order in which they apply. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new OperatorError(`the migrations are missing from ${folder}: install rollcall again`, { cause })
  })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(names.toSorted().map((name) => readMigration(folder, name)))
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const file = join(folder, name, 'migration.sql')
  const sql = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new OperatorError(`${file} cannot be read: install rollcall again`, { cause })
  })
  const unix = sql.replaceAll('\r\n', '\n')
  return {
    name,
    sql,
    checksum: sha256(sql),
    aliases: [sha256(unix), sha256(unix.replaceAll('\n', '\r\n'))],
    transaction: !NO_TRANSACTION.test(sql.split('\n', 1)[0] ?? ''),
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
