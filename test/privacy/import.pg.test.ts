import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { pseudonymOf } from '../../src/core/pseudonym.ts'
import { importFile } from '../../src/sync/import/import-file.ts'
import type { Rig } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'
import { placesOf } from './search.ts'
import { A, forget, KEY, MARK, who } from './story.ts'

/** Imported history goes under the names that are kept, and is forgotten with the rest. */

const rigOf = rigsOfTest()
const folder = mkdtempSync(join(tmpdir(), 'rollcall-names-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const DAY = 86_400_000

/** Two snapshots of each group, from before the reads: A changes its card, u1 leaves. By the reads A is in the second group. */
async function importedInto(rig: Rig, ...groups: string[]): Promise<void> {
  const at = (days: number) => new Date(rig.clock.now() - days * DAY).toISOString()
  const lines = groups.flatMap((group) => [
    `${group},${A},${at(9)},${MARK} card`,
    `${group},u0,${at(9)},`,
    `${group},u1,${at(9)},`,
    `${group},${A},${at(5)},${MARK} other`,
    `${group},u0,${at(5)},`,
  ])
  const path = join(folder, `${A} ${groups.join('')}.csv`)
  writeFileSync(path, `group,account,taken_at,name_card\n${lines.join('\n')}\n`)
  const { kind } = rig.source.vendor
  const named = { name: 'acme', kind, ...(rig.source.pseudonyms && { pseudonyms: rig.source.pseudonyms }) }
  const ask = { path, format: null, takenAt: null, dryRun: false }
  await importFile(rig.deps, named, ask, new AbortController().signal)
}

async function begun(everybody: boolean): Promise<Rig> {
  const rig = await rigOf({})
  Object.assign(rig.source, { pseudonyms: { key: KEY, everybody } })
  for (const groupId of ['@TGS#1', '@TGS#2']) {
    rig.world.createGroup({ groupId, type: 'Public', createdAt: rig.clock.now() - 30 * DAY })
    for (const account of groupId === '@TGS#1' ? ['u0'] : [A, 'u0'])
      rig.world.join(groupId, account, { joinedAt: rig.clock.now() - 20 * DAY })
  }
  return rig
}

/** What was imported and read of one account, as users see it. */
async function seen(rig: Rig, account: string): Promise<string[]> {
  const { rows } = await rig.pool.query<{ kind: string }>(
    'SELECT kind::text FROM rollcall.member_changes WHERE account_id = $1 ORDER BY at, group_id',
    [account],
  )
  return rows.map(({ kind }) => kind)
}

test('who is forgotten is so in imported history, and in what is imported later', async () => {
  const rig = await begun(false)
  await importedInto(rig, '@TGS#1')
  await rig.sync()
  const before = await seen(rig, A)
  expect(before.toSorted()).toEqual(['joined', 'joined', 'left', 'name_card'])
  const { replaced } = await forget(rig)
  const { pseudonym } = await who(rig)
  expect(replaced).toMatchObject({ members: 1, stays: 0, imported: 2 })
  expect(await placesOf(rig.pool, MARK)).toEqual([])
  expect(await seen(rig, pseudonym)).toEqual(before)
})

test('an account forgotten beforehand comes in under its pseudonym alone', async () => {
  const rig = await begun(false)
  await forget(rig)
  await importedInto(rig, '@TGS#1', '@TGS#2')
  await rig.sync()
  const { pseudonym } = await who(rig)
  expect(await placesOf(rig.pool, MARK)).toEqual([])
  expect((await seen(rig, pseudonym)).toSorted()).toEqual(['joined', 'joined', 'left'])
  expect((await seen(rig, 'u1')).filter((kind) => kind === 'left')).toHaveLength(2)
})

test('a source without names imports none; one that imported names cannot become such a source', async () => {
  const rig = await begun(true)
  await importedInto(rig, '@TGS#1')
  await rig.sync()
  expect(await placesOf(rig.pool, MARK)).toEqual([])
  expect(await seen(rig, pseudonymOf(KEY, 'acme', 'u1'))).toContain('left')
  expect(await seen(rig, pseudonymOf(KEY, 'acme', A))).toContain('left')

  const late = await begun(false)
  await importedInto(late, '@TGS#1')
  Object.assign(late.source, { pseudonyms: { key: KEY, everybody: true } })
  await expect(late.sync()).rejects.toThrow('holds accounts by name already')
})
