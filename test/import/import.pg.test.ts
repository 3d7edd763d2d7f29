import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Pool } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { UsageError } from '../../src/core/errors.ts'
import { playTimeline, tencentGroupId } from '../../src/simulator/player.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { loadTimeline } from '../../src/simulator/timeline.ts'
import { listImports, removeImport } from '../../src/store/imports.ts'
import { createRuns } from '../../src/store/runs.ts'
import { importFile, type ImportAsk, type ImportResult } from '../../src/sync/import/import-file.ts'
import { retain } from '../../src/sync/retain.ts'
import { ask, moment } from '../reports/ask.ts'
import { type Book, createBook } from '../reports/book.ts'
import { randomStory, saidOf } from '../retention/history.ts'
import { cloneDatabase } from '../support/database.ts'
import { createRig, overlaps, trueRoll } from '../support/rig.ts'

const BEGIN = Date.parse('2024-01-10T00:00:00Z') / 1000
const DAY = 86_400
const folder = mkdtempSync(join(tmpdir(), 'rollcall-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function file(text: string | Buffer, extension = 'csv'): string {
  const path = join(folder, `${(files += 1)}.${extension}`)
  writeFileSync(path, text)
  return path
}

async function importInto(pool: Pool, path: string, more: Partial<ImportAsk> = {}): Promise<ImportResult> {
  const runs = createRuns(pool)
  const clock = { now: () => Date.parse('2026-01-01T00:00:00Z') }
  const asked = { path, format: null, takenAt: null, dryRun: false, ...more }
  try {
    return await importFile(
      { pool, runs, clock },
      { name: 'acme', vendor: 'tencent' },
      asked,
      new AbortController().signal,
    )
  } finally {
    await runs[Symbol.asyncDispose]()
  }
}

const refusal = async (pool: Pool, path: string, more: Partial<ImportAsk> = {}): Promise<string> => {
  const said = await importInto(pool, path, more).catch((error: unknown) => error)
  expect(said).toBeInstanceOf(UsageError)
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM rollcall.import_file')
  const before = rows[0].n
  expect(await ask(pool, 'SELECT count(*) AS n FROM rollcall.imported_stay')).toEqual([
    { n: before === 0 ? 0 : expect.any(Number) },
  ])
  return (said as Error).message
}

type Roll = Record<string, Record<string, string>>
/** Who is in which group of a book now, dissolved groups that once stood with nobody in them. */
function rollOf(book: Book, ever: Set<string>): Roll {
  for (const group of book.groups.keys()) ever.add(group)
  return Object.fromEntries(
    [...ever].map((group) => [
      group,
      Object.fromEntries([...(book.groups.get(group)?.members.values() ?? [])].map((m) => [m.accountId, m.role])),
    ]),
  )
}

function csvOf(snapshots: readonly { t: number; roll: Roll }[]): string {
  const rows = snapshots.flatMap(({ t, roll }) =>
    Object.entries(roll).flatMap(([group, members]) => {
      const all = Object.entries(members)
      if (all.length === 0) return [`"${group}",,${moment(t)},,0`]
      return all.map(([account, role]) => `${group},"${account}",${moment(t)},${role},${all.length}`)
    }),
  )
  return `group,account,taken_at,role,count\n${rows.join('\n')}\n`
}

async function rollAt(pool: Pool, t: number, groups: Iterable<string>): Promise<{ roll: Roll; proven: boolean[] }> {
  const roll: Roll = {}
  const proven: boolean[] = []
  for (const group of groups) {
    const rows = await ask(pool, `SELECT * FROM rollcall.members_at('acme', $1, $2)`, [group, moment(t)])
    roll[group] = Object.fromEntries(rows.map((row) => [String(row.account_id), String(row.role)]))
    proven.push(...rows.map((row) => row.proven === true))
  }
  return { roll, proven }
}

/** A story of which the first days are not read, only written down now and then; the rest is read. */
async function half(seed: number, when: 'before' | 'after' | 'never') {
  const random = createRandom(seed)
  const story = randomStory(random, BEGIN, 80)
  const early = story.filter(({ t }) => t < BEGIN + 40 * DAY)
  const late = story.filter(({ t }) => t >= BEGIN + 40 * DAY)
  const book = await createBook()
  const ever = new Set<string>()
  const snapshots: { t: number; roll: Roll }[] = []
  for (const [n, event] of early.entries()) {
    book.apply(event)
    if (early[n + 1]?.t !== event.t && random.chance(0.6)) snapshots.push({ t: event.t, roll: rollOf(book, ever) })
  }
  const path = file(csvOf(snapshots))
  if (when === 'before') await importInto(book.pool, path)
  const first = (late[0]?.t ?? 0) - 10
  await book.sync(first, ever)
  await book.play(late)
  if (when === 'after') await importInto(book.pool, path)
  return { book, snapshots, first, late, ever }
}

describe.each([1, 2, 3, 4])('history %i', (seed) => {
  test.each(['before', 'after'] as const)(
    'imported %s the reads: rolls as written down, nothing read is changed',
    async (when) => {
      const told = await half(seed, when)
      await using book = told.book
      const { pool } = book
      const { snapshots, first, late, ever } = told
      expect(snapshots.length).toBeGreaterThan(5)
      const known = new Set<string>()
      for (const { t, roll } of snapshots) {
        for (const group of Object.keys(roll)) known.add(group)
        const said = await rollAt(pool, t, known)
        expect(said.roll, moment(t)).toEqual(roll)
        expect(said.proven.every((one) => !one)).toBe(true)
      }
      // From the first read on every answer is that of a database without the import.
      const plain = await half(seed, 'never')
      await using other = plain.book
      for (const t of [first, first + 1, ...late.map((event) => event.t + 1)])
        expect(await saidOf(pool, t), moment(t)).toEqual(await saidOf(other.pool, t))
      expect(await overlaps(pool)).toBe(0)
      // Who is in the last snapshot and in the first read has one stay, and no leave between.
      const last = snapshots.at(-1)
      const now = (await rollAt(pool, first, ever)).roll
      for (const [group, members] of Object.entries(last?.roll ?? {}))
        for (const account of Object.keys(members)) {
          const changes = await ask(
            pool,
            `SELECT kind, at, not_before, imported, run_id FROM rollcall.member_changes
           WHERE group_id = $1 AND account_id = $2 AND at > $3 AND at <= $4 AND kind IN ('joined', 'left')`,
            [group, account, moment(last?.t ?? 0), moment(first)],
          )
          const anew = (book.groups.get(group)?.group.createdAt ?? 0) / 1000 > (last?.t ?? 0)
          if (now[group]?.[account] !== undefined && !anew) expect(changes).toEqual([])
          else if (!anew)
            expect(changes).toEqual([
              { kind: 'left', at: expect.anything(), not_before: expect.anything(), imported: true, run_id: null },
            ])
        }
      const whole = await ask(
        pool,
        `SELECT account_id FROM rollcall.membership_intervals WHERE imported AND start_at <= $1 AND coalesce(end_at > $2, true)`,
        [moment(last?.t ?? 0), moment(first)],
      )
      expect(whole.length).toBeGreaterThan(0)
    },
  )
})

test('the same file again is nothing, another of the same group is refused, and an import can be taken back', async () => {
  const { pool } = await cloneDatabase()
  const path = file(
    'group,account,taken_at,role\ng,a,2023-05-01T00:00:00Z,owner\ng,b,2023-05-01T00:00:00Z,\ng,a,1683072000,admin\n',
  )
  const dry = await importInto(pool, path, { dryRun: true })
  expect(dry).toMatchObject({ importId: null, counts: { snapshots: 2, groups: 1, rows: 3, stays: 2, edits: 1 } })
  expect(await listImports(pool, null)).toEqual([])
  expect(await importInto(pool, path)).toMatchObject({ importId: 1, already: false, format: 'csv' })
  const shown = await ask(pool, 'SELECT * FROM rollcall.member_changes ORDER BY id')
  expect(
    shown.map(({ account_id, kind, at, not_before, old, new: now, imported, run_id }) => [
      account_id,
      kind,
      at,
      not_before,
      old,
      now,
      imported,
      run_id,
    ]),
  ).toEqual([
    ['a', 'joined', '2023-05-01T00:00:00+00:00', null, null, { role: 'owner', name_card: null }, true, null],
    [
      'a',
      'role',
      '2023-05-03T00:00:00+00:00',
      '2023-05-01T00:00:00+00:00',
      { role: 'owner' },
      { role: 'admin' },
      true,
      null,
    ],
    ['b', 'joined', '2023-05-01T00:00:00+00:00', null, null, { role: 'member', name_card: null }, true, null],
    [
      'b',
      'left',
      '2023-05-03T00:00:00+00:00',
      '2023-05-01T00:00:00+00:00',
      { role: 'member', name_card: null },
      null,
      true,
      null,
    ],
  ])
  expect(await importInto(pool, path)).toMatchObject({ importId: 1, already: true, counts: null })
  expect(await ask(pool, 'SELECT * FROM rollcall.member_changes ORDER BY id')).toEqual(shown)
  const more = file('group,account,taken_at\ng,c,2023-06-01T00:00:00Z\n')
  expect(await refusal(pool, more)).toContain(
    'line 2: g has imported history already, by import 1: take that back first',
  )
  expect(await removeImport(pool, 'other', 1)).toBeNull()
  expect(await removeImport(pool, 'acme', 1)).toEqual({ file: expect.any(String), stays: 2 })
  expect(await ask(pool, 'SELECT * FROM rollcall.member_changes')).toEqual([])
  expect(await importInto(pool, more)).toMatchObject({ importId: 2 })
})

test('snapshots a line, a join time between two of them, and what it says of a stay', async () => {
  const { pool } = await cloneDatabase()
  const line = (at: string, members: readonly unknown[]) => JSON.stringify({ group: 'g', taken_at: at, members })
  const lines = [
    line('2023-01-01T00:00:00Z', [
      'a',
      { account: 'b', joined_at: '2022-12-01T08:00:00+08:00', name_card: 'B, "old"' },
    ]),
    line('2023-02-01T00:00:00Z', ['a', { account: 'b', joined_at: '2023-01-15T00:00:00Z', name_card: 'B' }]),
    line('2023-03-01T00:00:00Z', []),
  ]
  const path = file(gzipSync(lines.join('\n')), 'jsonl.gz')
  expect(await importInto(pool, path)).toMatchObject({ format: 'jsonl', counts: { snapshots: 3, stays: 3 } })
  const stays = await ask(
    pool,
    `SELECT account_id, start_not_before, start_at, end_not_before, end_at FROM rollcall.membership_intervals ORDER BY account_id, start_at`,
  )
  const day = (text: string | null) => (text === null ? null : `${text}T00:00:00+00:00`)
  expect(stays.map((row) => Object.values(row))).toEqual(
    [
      ['a', null, '2023-01-01', '2023-02-01', '2023-03-01'],
      ['b', null, '2022-12-01', '2023-01-01', '2023-01-15'],
      ['b', '2023-01-01', '2023-01-15', '2023-02-01', '2023-03-01'],
    ].map(([account, ...times]) => expect.arrayContaining([account, ...times.map((at) => day(at ?? null))])),
  )
})

const LINES: readonly [string, string, string][] = [
  ['no group', 'group,account,taken_at\n,a,1683072000\n', 'line 2 has no group'],
  ['no account', 'group,account,taken_at\ng,,1683072000\n', 'line 2 has no account'],
  ['no time', 'group,account\ng,a\n', 'line 2 does not say when it was taken'],
  [
    'a time without a zone',
    'group,account,taken_at\ng,a,2023-05-01T10:00:00\n',
    'line 2 taken_at is "2023-05-01T10:00:00": write it with its zone',
  ],
  ['a day that is none', 'group,account,taken_at\ng,a,2023-13-45T10:00:00Z\n', 'line 2 taken_at'],
  [
    'a role nobody has',
    'group,account,taken_at,role\ng,a,1683072000,boss\n',
    'line 2 role is "boss": write owner, admin or member',
  ],
  ['too many cells', 'group,account,taken_at\ng,a,b,1683072000\n', 'line 2 has 4 cells, the header 3'],
  ['an open quote', 'group,account,taken_at\ng,"a,1683072000\n', 'line 2 has a quote that is never closed'],
  ['no JSON', '{"group":"g","account":"a","taken_at":1}\n{oops\n', 'line 2 is no JSON'],
  ['nothing', '', 'is empty'],
  [
    'twice',
    'group,account,taken_at\ng,a,1683072000\ng,b,1683072000\ng,a,1683072000\n',
    'line 4: a stands in the snapshot of g at 2023-05-03T00:00:00.000Z already, in line 2',
  ],
  [
    'a count that is another',
    'group,account,taken_at,count\ng,a,1683072000,2\n',
    'is said to have 2 members and lists 1: it is not whole',
  ],
  [
    'the future',
    'group,account,taken_at\ng,a,2030-01-01T00:00:00Z\n',
    'line 2: the snapshot of g at 2030-01-01T00:00:00.000Z lies in the future',
  ],
  ['a leave of a stranger', '{"t":1683072000,"op":"member.leave","group":"g","account":"a"}\n', 'line 1 a is not in g'],
]
describe('what is refused, by its line, with nothing written', () => {
  test.each(LINES)('%s', async (_, text, says) => {
    const { pool } = await cloneDatabase()
    expect(await refusal(pool, file(text, text.startsWith('{') ? 'jsonl' : 'csv'))).toContain(says)
  })

  test('every bad row is told, not just the first', async () => {
    const { pool } = await cloneDatabase()
    const said = await refusal(pool, file('group,account,taken_at\ng,a,x\ng,b,y\n'))
    expect(said).toMatch(/line 2 taken_at[\s\S]*line 3 taken_at/)
  })

  test('what is not UTF-8, and what is not whole', async () => {
    const { pool } = await cloneDatabase()
    expect(await refusal(pool, file(Buffer.from([0x67, 0x2c, 0xff, 0x0a])))).toContain('is not UTF-8')
    const rows = Array.from({ length: 9_000 }, (_, n) => `g,u${n},1683072000`)
    const packed = gzipSync(`group,account,taken_at\n${rows.join('\n')}\n`)
    expect(await refusal(pool, file(packed.subarray(0, packed.length - 20)))).toContain('cannot be unpacked')
    expect(await refusal(pool, join(folder, 'nothing.csv'))).toContain('cannot be read (ENOENT)')
  })

  test('what contradicts the reads: from after the first one, or without somebody whom the vendor has in since before', async () => {
    await using rig = await createRig()
    rig.world.createGroup({ groupId: '@TGS#g', type: 'Public' })
    rig.world.join('@TGS#g', 'old', { role: 'Owner' })
    const joined = rig.clock.now()
    rig.clock.advance(40 * DAY * 1000)
    rig.world.join('@TGS#g', 'new')
    await rig.sync()
    const at = (ms: number) => new Date(ms).toISOString()
    const head = 'group,account,taken_at\n'
    const later = `${head}@TGS#g,old,${at(rig.clock.now() - 1)}\n`
    // The clock of the rig runs ahead of no import's: what is imported lies in its past.
    expect(await refusal(rig.pool, file(later))).toMatch(
      /is not from before the first complete read|lies in the future/,
    )
    const without = `${head}@TGS#g,stranger,${at(joined + DAY * 1000)}\n`
    expect(await refusal(rig.pool, file(without))).toContain('line 2: the snapshot of @TGS#g')
    // A later join time is no contradiction: "new" was in before, left and came back.
    const fine = `${head}@TGS#g,old,${at(joined + 2000)}\n@TGS#g,new,${at(joined + 2000)}\n`
    const asked = { path: file(fine), format: null, takenAt: null, dryRun: false }
    await importFile(rig.deps, { name: 'acme', vendor: 'tencent' }, asked, new AbortController().signal)
    const { rows } = await rig.pool.query(
      `SELECT account_id, kind, imported FROM rollcall.member_changes WHERE account_id = 'new' ORDER BY at, imported DESC`,
    )
    expect(rows).toEqual([
      { account_id: 'new', kind: 'joined', imported: true },
      { account_id: 'new', kind: 'left', imported: true },
      { account_id: 'new', kind: 'joined', imported: false },
    ])
  })
})

const DATA = new URL('../../../shared/data/', import.meta.url)
describe.skipIf(!existsSync(DATA))('real timelines', () => {
  test.each(['istio', 'kubeflow'])('%s, imported whole: every moment is as the timeline has it', async (name) => {
    const path = fileURLToPath(new URL(`${name}.jsonl.gz`, DATA))
    const timeline = loadTimeline(path)
    const { pool } = await cloneDatabase()
    const runs = createRuns(pool)
    const clock = { now: () => Date.parse('2030-01-01T00:00:00Z') }
    const asked = { path, format: null, takenAt: null, dryRun: false }
    const result = await importFile(
      { pool, runs, clock },
      { name: 'acme', vendor: 'tencent' },
      asked,
      new AbortController().signal,
    )
    await runs[Symbol.asyncDispose]()
    expect(result.format).toBe('timeline')
    const times = [...new Set(timeline.events.map(({ t }) => t))]
    const stops = Array.from({ length: 8 }, (_, n) => times[Math.floor(((n + 1) * (times.length - 1)) / 8)] ?? 0)
    const roll: Roll = {}
    let place = 0
    for (const stop of stops) {
      for (
        let event = timeline.events[place];
        event !== undefined && event.t <= stop;
        event = timeline.events[(place += 1)]
      ) {
        const members = (roll[event.group] ??= {})
        if (event.op === 'group.dissolve') roll[event.group] = {}
        else if (event.op === 'member.leave') delete members[event.account]
        else if (event.op === 'member.join' || event.op === 'member.role')
          members[event.account] = event.role.toLowerCase()
      }
      const said = await rollAt(pool, stop, Object.keys(roll))
      expect(said.roll, moment(stop)).toEqual(roll)
      expect(said.proven.some(Boolean)).toBe(false)
    }
    expect(await overlaps(pool)).toBe(0)
  })

  test('early snapshots of one, and reads of the rest: both are as it was', async () => {
    const timeline = loadTimeline(new URL('kubeflow.jsonl.gz', DATA))
    const times = [...new Set(timeline.events.map(({ t }) => t))]
    await using rig = await createRig({ start: (times[0] ?? 0) * 1000 })
    const player = playTimeline(timeline, rig.world, { clock: rig.clock, mapGroup: tencentGroupId })
    const truth = (): Roll =>
      Object.fromEntries(Object.entries(trueRoll(rig)).map(([id, { members }]) => [id, members]))
    const stops = Array.from({ length: 10 }, (_, n) => times[Math.floor(((n + 1) * (times.length - 1)) / 10)] ?? 0)
    const snapshots: { t: number; roll: Roll }[] = []
    const ever = new Set<string>()
    for (const stop of stops.slice(0, 5)) {
      player.playUntil(stop)
      const now = truth()
      for (const group of Object.keys(now)) ever.add(group)
      snapshots.push({ t: stop, roll: Object.fromEntries([...ever].map((group) => [group, now[group] ?? {}])) })
    }
    const path = file(csvOf(snapshots))
    const asked = { path, format: null, takenAt: null, dryRun: false }
    await importFile(rig.deps, { name: 'acme', vendor: 'tencent' }, asked, new AbortController().signal)
    const reads: { t: number; roll: Roll }[] = []
    for (const stop of stops.slice(5)) {
      player.playUntil(stop)
      await rig.sync({ afterMs: 1 })
      reads.push({ t: rig.clock.now() / 1000, roll: truth() })
    }
    // Whom the vendor has in since before a snapshot is shown with the role that was read.
    const people = (roll: Roll) => Object.entries(roll).map(([id, members]) => [id, Object.keys(members).toSorted()])
    for (const { t, roll } of snapshots) {
      const said = await rollAt(rig.pool, t, Object.keys(roll))
      expect(people(said.roll), moment(t)).toEqual(people(roll))
      expect(said.proven.some(Boolean)).toBe(false)
    }
    for (const { t, roll } of reads) {
      const said = await rollAt(rig.pool, t, Object.keys(roll))
      expect(said.roll, moment(t)).toEqual(roll)
    }
    expect(await overlaps(rig.pool)).toBe(0)
  })
})

test('retention drops what was imported and is over, and keeps what goes on', async () => {
  const { book, first, snapshots } = await half(2, 'before')
  await using _ = book
  const { pool } = book
  const limit = Math.ceil(first / 900) * 900 + DAY
  const open = await ask(pool, 'SELECT * FROM rollcall.membership_intervals WHERE coalesce(end_at >= $1, true)', [
    moment(limit),
  ])
  expect(open.some(({ imported }) => imported === true)).toBe(true)
  const after = await saidOf(pool, limit)
  const deps = { pool, clock: { now: () => (limit + 30 * DAY) * 1000 }, log: { info() {}, warn() {} } }
  const rule = { source: 'acme', history: { count: 30, unit: 'd' }, reads: null } as const
  const signal = new AbortController().signal
  const counted = await retain(deps, rule, { signal, dryRun: true })
  const gone = await retain(deps, rule, { signal })
  expect(gone?.gone).toEqual(counted?.gone)
  expect(await ask(pool, 'SELECT * FROM rollcall.membership_intervals')).toEqual(expect.arrayContaining(open))
  expect(await ask(pool, 'SELECT count(*) AS n FROM rollcall.membership_intervals')).toEqual([{ n: open.length }])
  expect(await saidOf(pool, limit)).toEqual(after)
  expect(snapshots.length).toBeGreaterThan(0)
})
