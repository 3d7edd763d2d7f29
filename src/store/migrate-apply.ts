import type pg from 'pg'
import { OperatorError } from '../core/errors.ts'
import { explainDatabaseError } from './explain.ts'
import type { Migration } from './migrate-files.ts'
import { noteEnd, noteFailure, noteRetry, noteStart } from './migrate-ledger.ts'
import { splitStatements, type Statement } from './migrate-split.ts'

/** Runs one migration and its note in the ledger, all or nothing (unless the file asks for no transaction). */
export async function applyMigration(client: pg.PoolClient, migration: Migration): Promise<void> {
  await noteRetry(client, migration.name)
  if (migration.transaction) await client.query('BEGIN')
  let id = await noteStart(client, migration)
  let current: Statement | undefined
  try {
    for (current of splitStatements(migration.sql)) await client.query(current.text)
    await noteEnd(client, id)
    if (migration.transaction) await client.query('COMMIT')
  } catch (error) {
    const failure = describe(migration, current, error)
    try {
      if (migration.transaction) {
        await client.query('ROLLBACK')
        id = await noteStart(client, migration)
      }
      await noteFailure(client, id, failure.message, migration.transaction)
    } catch {
      // The connection is gone: whatever the transaction did is undone, and the first error says why.
    }
    throw failure
  }
}

function describe(migration: Migration, statement: Statement | undefined, error: unknown): OperatorError {
  const said = postgresMessage(error)
  const where =
    statement === undefined ? '' : ` at line ${lineOf(statement, error)}:\n${indent(excerpt(statement.text))}\n`
  const state = migration.transaction
    ? 'nothing of it was kept'
    : 'it runs outside a transaction, so what stands before that line was kept'
  const cure = explainDatabaseError(error)?.message ?? 'mend what the message names'
  return new OperatorError(
    `the migration ${migration.name} failed${where === '' ? ': ' : where}${said}\n` +
      `${state}: ${cure}; then run \`rollcall migrate\` again`,
    { cause: error },
  )
}

function postgresMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, detail, hint, where } = error as Partial<Record<'code' | 'detail' | 'hint' | 'where', unknown>>
  const extra = [detail, hint, where].filter((text) => typeof text === 'string')
  return [typeof code === 'string' ? `${error.message} (${code})` : error.message, ...extra].join('\n')
}

/** The line of the file: PostgreSQL counts characters from the beginning of the statement, from 1. */
function lineOf(statement: Statement, error: unknown): number {
  const position = error instanceof Error && 'position' in error ? Number(error.position) : Number.NaN
  if (!Number.isInteger(position)) return statement.line
  return (
    statement.line +
    Array.from(statement.text)
      .slice(0, position - 1)
      .filter((character) => character === '\n').length
  )
}

function excerpt(text: string): string {
  const lines = text.split('\n')
  return lines.length <= 12 ? text : [...lines.slice(0, 11), `… ${lines.length - 11} more lines`].join('\n')
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
