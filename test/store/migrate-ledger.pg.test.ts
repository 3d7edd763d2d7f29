import { expect, test } from 'vitest'
import { migrationsFolder } from '../../src/store/root.ts'
import { readMigrations } from '../../src/store/migrate-files.ts'
import { cloneDatabase } from '../support/database.ts'

test('the ledger shows every migration as Prisma would: applied once, with its checksum', async () => {
  const { pool } = await cloneDatabase()
  const { rows } = await pool.query('SELECT * FROM public._prisma_migrations ORDER BY started_at')
  const migrations = await readMigrations(migrationsFolder)
  expect(rows).toEqual(
    migrations.map(({ name, checksum }) => ({
      id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      checksum,
      migration_name: name,
      started_at: expect.any(Date) as Date,
      finished_at: expect.any(Date) as Date,
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
    })),
  )
})
