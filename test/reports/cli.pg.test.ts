import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIo } from '../../src/cli/io.ts'
import { run } from '../../src/cli/program.ts'
import { services } from '../../src/cli/services.ts'
import type { Book } from './book.ts'
import { createDemo } from './demo.ts'
import { REPORT_NOW } from './handmade.ts'

const cwd = mkdtempSync(join(tmpdir(), 'rollcall-report-'))
let book: Book
beforeAll(async () => {
  book = await createDemo()
}, 120_000)
afterAll(async () => {
  await book[Symbol.asyncDispose]()
  rmSync(cwd, { recursive: true, force: true })
})

async function rollcall(line: string) {
  const [out, err]: [string[], string[]] = [[], []]
  const into = (texts: string[]): Writable =>
    new Writable({ decodeStrings: false, write: (text: string, _encoding, done) => (texts.push(text), done()) })
  const code = await run(line.split(' '), {
    io: createIo(into(out), into(err)),
    services,
    signal: new AbortController().signal,
    env: { DATABASE_URL: book.url },
    cwd,
    clock: { now: () => REPORT_NOW * 1000 },
  })
  return { code, out: out.join(''), err: err.join('') }
}

describe('rollcall report', () => {
  test('list says what each answers', async () => {
    const { code, out } = await rollcall('report list')
    expect(code).toBe(0)
    expect(out).toMatch(/^point in time\n/)
    expect(out).toMatch(/growth +Joins, leaves and net growth/)
    const { out: json } = await rollcall('report list --json')
    expect(JSON.parse(json)).toHaveLength(out.split('\n').filter((line) => /^[a-z-]+ {2,}[A-Z]/.test(line)).length)
  })

  test('a table with its line of blocks, its zone, and how far it can be trusted', async () => {
    const { code, out, err } = await rollcall(
      'report growth --group hall --since 2024-03-29T12:00Z --until 2024-04-02T12:00Z --timezone Europe/Berlin',
    )
    expect([code, err]).toEqual([0, ''])
    expect(out.split('\n')).toEqual([
      'Joins, leaves and net growth of a group (or of all) per day, week or month of a time zone?',
      'acme · hall · times in Europe/Berlin',
      '',
      '▁▃█▆▆',
      '',
      'bucket      joins  backlog  leaves  net  members',
      '──────────  ─────  ───────  ──────  ───  ───────',
      '2024-03-29      0        0       0    0        5',
      '2024-03-30      1        0       0    1        6',
      '2024-03-31      2        0       0    2        8',
      '2024-04-01      0        0       1   -1        7',
      '2024-04-02      0        0       0    0        7',
      '',
      'Newest complete read: 2024-11-20 07:00:00. Groups without one in 24 h: 0 %.',
      '5 rows',
      '',
    ])
  })

  test('csv and json carry every column, times with their offset', async () => {
    const line = 'report leave-reads --group hall --account fay --timezone Asia/Shanghai'
    const { out: csv } = await rollcall(`${line} --format csv`)
    const [head, row] = csv.split('\r\n')
    expect(head).toBe('last_seen_at,last_seen_run_id,gone_at,gone_run_id,within,newest_read,stale_share,held_leaves')
    expect(row).toMatch(/^2024-04-25T08:00:00\+08:00,\d+,2024-08-20T19:00:00\+08:00,\d+,117 days 11:00:00,/)
    const { out: json } = await rollcall(`${line} --json`)
    expect(JSON.parse(json)).toMatchObject([{ gone_at: '2024-08-20T11:00:00.000Z', stale_share: 0, held_leaves: 0 }])
  })

  test('bars', async () => {
    const { out } = await rollcall('report reach')
    expect(out).toMatch(/any +\d+ +1\.0000 +█{20}\n/)
  })

  test.each([
    ['report growht', /there is no report "growht"\. Did you mean "growth"\?/],
    ['report growth --timezone Asia/Shanghia', /no IANA time zone.*Did you mean "Asia\/Shanghai"\?/s],
    ['report growth --step hour', /--step: growth knows no "hour"/],
    ['report reach --by size', /reach takes no --by/],
    ['report churn --by sise', /Did you mean "size"\?/],
    ['report members-at', /members-at wants --group/],
    ['report growth --source amce', /there is no source "amce".*Did you mean "acme"\?/],
    ['report growth --format cvs', /Did you mean "csv"\?/],
    ['export membership_interval', /Did you mean "membership_intervals"\?/],
    ['export runs --format parquet', /say --out FOLDER/],
  ])('%s', async (line, says) => {
    const { code, err } = await rollcall(line)
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })

  test('rebuild makes the facts anew', async () => {
    const { code, err } = await rollcall('report rebuild')
    expect([code, err]).toEqual([0, 'The facts of 1 source were made anew from the history: acme\n'])
  })
})

describe('rollcall export', () => {
  test('one view to standard output, all into a folder', async () => {
    const { out, err } = await rollcall('export runs')
    expect(out.split('\n')[0]).toMatch(/^id,source,trigger/)
    expect(err).toMatch(/runs: \d+ rows/)
    const { code, out: said } = await rollcall('export all --format parquet --out lake --json')
    expect(code).toBe(0)
    const files = readdirSync(join(cwd, 'lake'))
    expect(files).toHaveLength(said.trim().split('\n').length)
    for (const file of files)
      expect(
        readFileSync(join(cwd, 'lake', file))
          .subarray(0, 4)
          .toString(),
      ).toBe('PAR1')
  })
})
