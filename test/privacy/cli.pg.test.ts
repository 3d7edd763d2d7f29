import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createIo } from '../../src/cli/io.ts'
import { run } from '../../src/cli/program.ts'
import { services } from '../../src/cli/services.ts'
import { pseudonymOf } from '../../src/core/pseudonym.ts'
import { cloneDatabase } from '../support/database.ts'
import { KEY as SECRET, vendorApp } from '../support/rollcall.ts'
import { placesOf } from './search.ts'
import { A, KEY, MARK } from './story.ts'

/** The verb, with everything behind it. */
async function setting(pseudonymKey: string | null = KEY) {
  const { url, pool } = await cloneDatabase()
  const app = await vendorApp()
  const cwd = mkdtempSync(join(tmpdir(), 'rollcall-forget-'))
  const write = (lines: Readonly<Record<string, string>> = {}) =>
    writeFileSync(join(cwd, 'rollcall.yaml'), `sources:\n${app.yaml(lines)}`)
  write()
  app.fill('@TGS#1', 4)
  app.world.join('@TGS#1', A, { nameCard: `${MARK} card` })
  const env: Record<string, string> = { DATABASE_URL: url, TENCENT_SECRET_KEY: SECRET }
  if (pseudonymKey !== null) env['ROLLCALL_PSEUDONYM_KEY'] = pseudonymKey
  return {
    ...app,
    pool,
    env,
    write,
    async rollcall(...args: string[]) {
      const [out, err]: [string[], string[]] = [[], []]
      const into = (texts: string[]) =>
        new Writable({ decodeStrings: false, write: (text: string, _encoding, done) => (texts.push(text), done()) })
      const code = await run(args, {
        io: createIo(into(out), into(err)),
        services,
        signal: new AbortController().signal,
        env,
        cwd,
        clock: { now: () => Date.now() },
      })
      return { code, out: out.join(''), err: err.join('') }
    },
    async [Symbol.asyncDispose]() {
      await app.sim.close()
      rmSync(cwd, { recursive: true, force: true })
    },
  }
}
const P = pseudonymOf(KEY, 'acme', A)

test('forgets, shows what it would do before, and later syncs know the account again', async () => {
  await using s = await setting()
  expect(await s.rollcall('sync')).toMatchObject({ code: 0 })
  const dry = await s.rollcall('forget', '--account', A, '--dry-run')
  expect(dry).toEqual({
    code: 0,
    out: `acme  would become ${P}: current memberships 1. Nothing was changed.\n`,
    err: '',
  })
  expect(await placesOf(s.pool, A)).not.toEqual([])
  expect(await s.pool.query('SELECT FROM rollcall.pseudonym_key')).toMatchObject({ rowCount: 0 })

  const { code, out } = await s.rollcall('forget', '--account', A, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual([
    {
      source: 'acme',
      pseudonym: P,
      forgottenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown,
      before: false,
      replaced: expect.objectContaining({ members: 1, stays: 0, changes: 0 }) as unknown,
    },
  ])
  expect(out).not.toContain(MARK)
  expect(await placesOf(s.pool, MARK)).toEqual([])
  const [synced] = JSON.parse((await s.rollcall('sync', '--json')).out) as unknown[]
  expect(synced).toMatchObject({ verdict: 'complete', groups: { unchanged: 1 }, members: { joined: 0, left: 0 } })
  expect((await s.rollcall('members', '--source', 'acme', '--group', '@TGS#1')).out).toContain(P)
  expect((await s.rollcall('changes', '--account', A, '--json')).out).toBe('')
  expect((await s.rollcall('changes', '--account', P, '--json')).out).toContain('"joined"')
  expect((await s.rollcall('doctor')).out).toContain('the pseudonyms of forgotten accounts are known again')
  expect(await s.rollcall('forget', '--account', A)).toMatchObject({
    code: 0,
    out: `acme  was forgotten already; its pseudonym is ${P}. Replaced: nothing of it is there.\n`,
  })
  const { rows } = await s.pool.query(
    'SELECT source, pseudonym, finished_at, replaced FROM rollcall.forgotten_accounts',
  )
  expect(rows).toMatchObject([{ source: 'acme', pseudonym: P, replaced: { members: 1 } }])
  expect(await placesOf(s.pool, MARK)).toEqual([])
})

test('says what is missing, with its cure', async () => {
  await using s = await setting(null)
  await s.rollcall('sync')
  const says = async (...args: string[]) => {
    const { code, err } = await s.rollcall(...args)
    expect(code).toBe(2)
    return err
  }
  expect(await says('forget')).toContain("required option '--account <id>' not specified")
  expect(await says('forget', '--account', A)).toContain('openssl rand -hex 32')
  s.env['ROLLCALL_PSEUDONYM_KEY'] = 'short'
  expect(await says('forget', '--account', A)).toContain('ROLLCALL_PSEUDONYM_KEY: must be a random text of 32')
  s.env['ROLLCALL_PSEUDONYM_KEY'] = KEY
  expect(await says('forget', '--account', 'nobody')).toContain('No source knows this account')
  expect(await says('forget', '--account', A, '--source', 'other')).toContain('nothing of a source "other"')
  expect(await s.rollcall('forget', '--account', 'later', '--source', 'acme')).toMatchObject({ code: 0 })
  s.world.join('@TGS#1', 'later', { nameCard: `${MARK} of later` })
  expect(await s.rollcall('sync')).toMatchObject({ code: 0 })
  expect(await placesOf(s.pool, 'later')).toEqual([])
  expect(await placesOf(s.pool, `${MARK} of later`)).toEqual([])
  s.env['ROLLCALL_PSEUDONYM_KEY'] = `${KEY}x`
  expect(await says('sync')).toContain('is another key than the one that was used before')
  expect(await says('forget', '--account', A)).toContain('put that one back')
  expect((await s.rollcall('doctor')).out).toContain('is another key than the one that was used before')
  delete s.env['ROLLCALL_PSEUDONYM_KEY']
  expect(await says('sync')).toContain('ROLLCALL_PSEUDONYM_KEY is not set')
  s.write({ pseudonymize: 'true' })
  expect(await says('sync')).toContain('sources[0].pseudonymize: needs ROLLCALL_PSEUDONYM_KEY in the environment')
  s.env['ROLLCALL_PSEUDONYM_KEY'] = KEY
  expect(await says('sync')).toContain('pseudonymize: true comes too late for it')
  s.write({ pseudonymize: 'true', discover: '{ accounts: [u1], expand: members }' })
  expect(await says('sync')).toContain('sources[0].discover.expand: does not go with pseudonymize: true')
})

test('a source that keeps nobody by name has nothing to forget', async () => {
  await using s = await setting()
  s.write({ pseudonymize: 'true' })
  expect(await s.rollcall('sync')).toMatchObject({ code: 0 })
  expect(await placesOf(s.pool, MARK)).toEqual([])
  const { code, err } = await s.rollcall('forget', '--account', A, '--source', 'acme')
  expect([code, err]).toEqual([2, expect.stringContaining('keeps no account by name')])
})
