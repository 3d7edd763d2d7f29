import { rm } from 'node:fs/promises'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/store/migrate.ts'
import { createPool, checkServer } from '../../src/store/pool.ts'
import { startEmbedded, type Embedded } from '../../src/store/embedded.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the server's maintenance database, from which clones are made and dropped. */
    databaseServer: string
    /** The database with every migration applied: what clones are clones of. */
    databaseTemplate: string
  }
}

/** One PostgreSQL for the run: TEST_DATABASE_URL where it is set, else an embedded one in a temporary folder. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL']
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'rollcall-test-')) : null
  const server = folder === null ? null : await startEmbedded({ dataDir: folder, settings: VOLATILE })
  const url = given ?? server?.url ?? ''
  const template = `rollcall_template_${process.pid}`
  await makeTemplate(url, template)
  project.provide('databaseServer', url)
  project.provide('databaseTemplate', template)
  return async () => {
    if (server === null) await dropTemplate(url, template)
    else await stop(server, folder)
  }
}

/** Tests lose nothing that matters when the power fails. */
const VOLATILE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '100' }

async function makeTemplate(url: string, template: string): Promise<void> {
  const pool = createPool(url, { max: 1 })
  try {
    await checkServer(pool)
    await pool.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
    await pool.query(`CREATE DATABASE ${template}`)
  } finally {
    await pool.end()
  }
  const inside = createPool(urlOf(url, template), { max: 1 })
  try {
    await migrate(inside)
  } finally {
    await inside.end()
  }
}

async function dropTemplate(url: string, template: string): Promise<void> {
  const pool = createPool(url, { max: 1 })
  await pool.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`).finally(() => pool.end())
}

async function stop(server: Embedded, folder: string | null): Promise<void> {
  const pool = createPool(server.url, { max: 1 })
  const { rows } = await pool
    .query<{ datname: string }>(`SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%' ORDER BY 1`)
    .finally(() => pool.end())
  await server[Symbol.asyncDispose]()
  if (folder === null) return
  if (rows.length === 0) return rm(folder, { recursive: true, force: true })
  const names = rows.map(({ datname }) => datname).join(', ')
  process.stderr.write(
    `\nkept for the tests that failed: ${names}\n  open them with: node --import tsx test/support/open.ts ${folder}\n`,
  )
}

/** The URL of another database of the same server. */
export function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}
