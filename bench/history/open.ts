import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { startEmbedded } from '../../src/store/embedded.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createPool } from '../../src/store/pool.ts'
import { generate, scaleOf } from './generate.ts'

/** A PostgreSQL with a generated history: in a folder that is kept, or (null) in one that goes with it. */
export async function openHistory(
  share: number,
  kept: string | null,
  say: (text: string) => void,
): Promise<{ readonly pool: Pool } & AsyncDisposable> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'rollcall-history-'))
  const server = await startEmbedded({
    dataDir: folder,
    settings: { fsync: 'off', max_wal_size: '16GB', shared_buffers: '1GB', work_mem: '64MB', jit: 'off' },
  })
  const pool = createPool(server.url, { max: 2 })
  const close = async () => {
    await pool.end()
    await server[Symbol.asyncDispose]()
    if (kept === null) rmSync(folder, { recursive: true, force: true })
  }
  try {
    await migrate(pool)
    const { rows } = await pool.query('SELECT FROM rollcall.source')
    if (rows.length === 0) await generate(pool, scaleOf(share), say)
  } catch (error) {
    await close()
    throw error
  }
  return { pool, [Symbol.asyncDispose]: close }
}
