import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from } from 'pg-copy-streams'
import { expect, test } from 'vitest'
import { CopyBuffer } from '../../src/store/copy-buffer.ts'
import { statement } from '../../src/store/statement.ts'
import { endSilentCopies } from '../../src/store/silent.ts'
import { cloneDatabase } from '../support/database.ts'

test('a COPY of new stays that nobody feeds any more is ended, and its locks with it; an import or an idle session is not', async () => {
  const { pool, url } = await cloneDatabase()
  await pool.query(`INSERT INTO rollcall.source (name, vendor) VALUES ('acme', 'tencent')`)
  const open = async () => {
    const client = new pg.Client({ connectionString: url, application_name: 'rollcall' })
    const ended = new Promise<void>((resolve) => void client.on('error', () => resolve()).on('end', resolve))
    await client.connect()
    return { client, ended }
  }
  const [silent, idle, importing] = [await open(), await open(), await open()]
  await silent.client.query('BEGIN; UPDATE rollcall.source SET name = name')
  silent.client.query(from(statement('members-copy'))).on('error', () => {})
  await importing.client.query('BEGIN')
  await importing.client.query(statement('import-staging'))
  const rows = importing.client.query(from(statement('import-copy')))
  await idle.client.query('BEGIN')
  await expect
    .poll(
      async () =>
        (await pool.query(`SELECT FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'ClientRead'`))
          .rowCount,
    )
    .toBe(2)
  expect(await endSilentCopies(pool)).toBe(0)
  expect(await endSilentCopies(pool, 0)).toBe(1)
  await silent.ended
  await pool.query('UPDATE rollcall.source SET name = name')
  await idle.client.query('COMMIT')
  await idle.client.end()
  await pipeline([new CopyBuffer().end()], rows)
  await importing.client.end()
})
