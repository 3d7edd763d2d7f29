import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../src/store/embedded.ts'
import { canReach, serverAccount } from '../../src/store/embedded/account.ts'
import { findBinaries } from '../../src/store/embedded/binaries.ts'
import { findPostmaster } from '../../src/store/embedded/postmaster.ts'
import { ask, program, scratch } from '../support/embedded.ts'

// As root these tests play every part. An ordinary user is the other part already, in every other file.
const ROOT = process.getuid?.() === 0
const NOBODY = { uid: 65_534, gid: 65_534 }
const HERE = fileURLToPath(new URL('../..', import.meta.url))
const SETTINGS = { fsync: 'off' }

test.runIf(ROOT)('root: runs as another user on data in a folder that only root may enter', async () => {
  await using place = scratch()
  const dir = join(place.dir, 'locked', 'deep')
  mkdirSync(dir, { recursive: true })
  chmodSync(join(place.dir, 'locked'), 0o700)
  const account = serverAccount()
  expect(canReach(account, dir)).toBe(false)
  const server = await startEmbedded({ dataDir: dir, settings: SETTINGS })
  const data = join(dir, 'postgres', 'data')
  const running = await findPostmaster(data)
  expect(statSync(`/proc/${running?.pid}`).uid).toBe(account?.uid)
  expect(statSync(data)).toMatchObject({ uid: account?.uid, mode: 0o40700 })
  // Writes of every kind reach the disk: a table, a checkpoint, a file to sort in.
  await ask(server.url, `CREATE TABLE t AS SELECT i, md5(i::text) AS h FROM generate_series(1, 20000) i`)
  await ask(server.url, 'CHECKPOINT')
  await ask(server.url, `SET work_mem = '64kB'; SELECT h FROM t ORDER BY h`)
  expect(await program(dir).then(async (other) => (await other.end(), other.url))).toBe(server.url)
  await server[Symbol.asyncDispose]()
  expect(await findPostmaster(data)).toBeNull()
  expect(statSync(join(place.dir, 'locked')).mode & 0o777).toBe(0o700)
})

test.runIf(ROOT && canReach(NOBODY, HERE))(
  'an ordinary user: runs in place or from a copy; then root runs it as that user',
  async () => {
    await using place = scratch()
    chownSync(place.dir, NOBODY.uid, NOBODY.gid)
    const user = await program(place.dir, NOBODY)
    await ask(user.url, 'CREATE TABLE kept AS SELECT 7 AS n')
    expect(statSync(`/proc/${(await findPostmaster(place.data))?.pid}`).uid).toBe(NOBODY.uid)
    await user.end()
    await using server = await startEmbedded({ dataDir: place.dir, settings: SETTINGS })
    expect(await ask(server.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
    expect(statSync(`/proc/${(await findPostmaster(place.data))?.pid}`).uid).toBe(NOBODY.uid)
  },
)

test.runIf(ROOT && canReach(NOBODY, HERE))("an ordinary user on root's data is told what to do", async () => {
  await using place = scratch()
  chmodSync(place.dir, 0o755)
  const server = await startEmbedded({ dataDir: place.dir, settings: SETTINGS })
  await server[Symbol.asyncDispose]()
  if (serverAccount()?.uid !== NOBODY.uid)
    await expect(program(place.dir, NOBODY)).rejects.toThrow(/OperatorError: .*choose another.* ROLLCALL_DATA_DIR/)
})

test.runIf(ROOT)(
  'a copy of the programs that another user planted, or that was thinned out, is made anew',
  async () => {
    await using place = scratch()
    chmodSync(place.dir, 0o755)
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = place.dir
    try {
      const { bin } = await findBinaries()
      expect(bin.startsWith(place.dir)).toBe(true)
      const { size } = statSync(join(bin, 'postgres'))

      chownSync(join(bin, '..'), NOBODY.uid, NOBODY.gid)
      writeFileSync(join(bin, 'initdb'), '#!/bin/sh\necho planted\n')
      expect(await findBinaries()).toMatchObject({ bin })
      expect(statSync(join(bin, '..')).uid).toBe(0)
      expect(readFileSync(join(bin, 'initdb')).subarray(1, 4).toString()).toBe('ELF')

      chmodSync(join(bin, '..'), 0o777)
      writeFileSync(join(bin, 'postgres'), 'thin')
      expect(await findBinaries()).toMatchObject({ bin })
      expect(statSync(join(bin, 'postgres')).size).toBe(size)
      expect(statSync(join(bin, '..')).mode & 0o022).toBe(0)
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  },
)
