import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { table } from '../../src/cli/format.ts'
import { REPORTS } from '../../src/store/reports/catalog.ts'
import { bind, runReport } from '../../src/store/reports/run.ts'
import type { Report, ReportAsk } from '../../src/store/reports/types.ts'
import type { Book } from './book.ts'
import { createDemo } from './demo.ts'
import { LAST_READ, REPORT_NOW } from './handmade.ts'

const DOC = new URL('../../docs/reports.md', import.meta.url)
const QUESTIONS = new URL('../../../shared/questions.md', import.meta.url)
const EXAMPLE = /```sql\n([\s\S]*?)\n```\n+```text\n([\s\S]*?)```/g
const doc = readFileSync(DOC, 'utf8')
const asked: ReportAsk = {
  source: 'acme',
  group: 'hall',
  other: 'club',
  account: 'dan',
  since: Date.UTC(2024, 2, 1),
  until: LAST_READ * 1000,
  at: LAST_READ * 1000,
  zone: 'UTC',
  by: null,
  step: null,
  days: 30,
  most: 50,
}
let book: Book

beforeAll(async () => {
  book = await createDemo()
}, 120_000)
afterAll(async () => {
  await book[Symbol.asyncDispose]()
})

/** What the terminal shows of a query. */
async function shown(sql: string): Promise<string> {
  const report: Report = { name: 'example', family: 'data quality', asks: '', sql }
  const { columns, rows } = await runReport(book.pool, report, asked)
  const cells = rows.map((row) =>
    row.map((cell) => (cell ?? '').replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[.\d]*\+00$/, '$1')),
  )
  const heads = columns.map(({ name, kind }) => ({
    head: name,
    align: kind === 'number' ? ('right' as const) : ('left' as const),
  }))
  return rows.length === 0 ? '(no rows)\n' : `${table(heads, cells)}\n`
}

describe('docs/reports.md', () => {
  test('every example gives what stands below it (UPDATE_DOCS=1 writes it anew)', async () => {
    const examples = [...doc.matchAll(EXAMPLE)]
    expect(examples.length).toBeGreaterThan(40)
    const outputs = new Map<string, string>()
    for (const [, sql = ''] of examples) outputs.set(sql, await shown(sql))
    if (process.env['UPDATE_DOCS'] === '1') {
      writeFileSync(
        DOC,
        doc.replaceAll(
          EXAMPLE,
          (_, sql: string) => `\`\`\`sql\n${sql}\n\`\`\`\n\`\`\`text\n${outputs.get(sql) ?? ''}\`\`\``,
        ),
      )
      return
    }
    for (const [, sql = '', output = ''] of examples) expect(`${sql}\n${output}`).toBe(`${sql}\n${outputs.get(sql)}`)
  }, 60_000)

  test.skipIf(!existsSync(QUESTIONS))('every question has one line in the map', () => {
    const families = readFileSync(QUESTIONS, 'utf8')
      .split('\n')
      .slice(1)
      .join(' ')
      .split(
        /(?:^|\s)(?:Point in time|Growth and churn|Retention and tenure|Overlap|Inactivity and hygiene|Roles|Lifecycle|Data quality): /,
      )
    const questions = families.flatMap((family) => family.split('·')).map((text) => text.trim().replace(/\.$/, ''))
    const missing = questions.filter((question) => question !== '' && !doc.includes(`| ${question} | \``))
    expect(missing).toEqual([])
    expect(doc.match(/^\| .* \| `.*` \| `.*` \|$/gm)?.length).toBe(
      questions.filter((question) => question !== '').length,
    )
  })

  test('every report is named there, and every named one is there', () => {
    const named = new Set(
      [...doc.matchAll(/^\| .* \| `.*` \| (`.*`) \|$/gm)].flatMap(([, cell = '']) => cell.match(/[a-z-]+/g) ?? []),
    )
    expect(REPORTS.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([])
    expect([...named].filter((name) => !REPORTS.some((report) => report.name === name))).toEqual([])
  })
})

describe('the ready reports', () => {
  test.each(REPORTS)('$name runs, and says how far it can be trusted', async (report) => {
    for (const by of report.by ?? [null]) {
      for (const step of report.step ?? [null]) {
        const { columns } = await runReport(book.pool, report, { ...asked, by, step, days: report.days ?? null })
        const names = columns.map(({ name }) => name)
        if (['members-at', 'groups-of'].includes(report.name)) expect(names).toContain('proven')
        else expect(names).toEqual(expect.arrayContaining(['newest_read', 'held_leaves']))
        if (report.draws !== undefined) expect(names).toContain(report.draws.of)
      }
    }
  })

  test('parameters have types, and a cast is none', () => {
    const { text, values } = bind('SELECT :source, :since_day, now()::date, :source', {
      ...asked,
      zone: 'Asia/Shanghai',
    })
    expect(text).toBe('SELECT $1::text, $2::date, now()::date, $1::text')
    expect(values).toEqual(['acme', '2024-03-01'])
    expect(() => bind('SELECT :nobody', asked)).toThrow(/nobody/)
  })
})

interface Grafana {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly rawSql: string }[] }[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly query?: string }[] }
}
interface Question {
  readonly name: string
  readonly sql: string
}
const deployed = <T>(path: string): T =>
  JSON.parse(readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8')) as T

describe('deploy/', () => {
  test('every query of the Grafana dashboard runs and finds something', async () => {
    const { panels, templating } = deployed<Grafana>('grafana/rollcall.json')
    const queries = [
      ...panels.flatMap(({ title, targets = [] }) => targets.map(({ rawSql }) => ({ title, sql: rawSql }))),
      ...templating.list.flatMap(({ name, query }) =>
        query?.startsWith('SELECT') === true ? [{ title: name, sql: query }] : [],
      ),
    ]
    expect(queries.length).toBeGreaterThan(12)
    for (const { title, sql } of queries) {
      const text = sql
        .replaceAll('$__timeFrom()', `'2024-03-01T00:00:00Z'`)
        .replaceAll('$__timeTo()', `'2024-11-21T00:00:00Z'`)
        .replaceAll('${source}', 'acme')
        .replaceAll('${group:sqlstring}', `'hall'`)
        .replaceAll('${timezone}', 'Europe/Berlin')
      expect(text, title).not.toMatch(/\$\{|\$__/)
      const { rows } = await book.pool.query(text)
      if (!title.includes('(often empty)')) expect(rows.length, title).toBeGreaterThan(0)
    }
  })

  test('every Metabase question runs', async () => {
    const questions = deployed<readonly Question[]>('metabase/questions.json')
    expect(questions.length).toBeGreaterThan(25)
    for (const { name, sql } of questions) {
      const text = sql
        .replaceAll('{{source}}', `'acme'`)
        .replaceAll('{{group}}', `'hall'`)
        .replaceAll('{{account}}', `'dan'`)
        .replaceAll('{{since}}', `'2024-03-01'`)
        .replaceAll('{{until}}', `'2024-11-21'`)
        .replaceAll('{{timezone}}', `'Europe/Berlin'`)
      expect(text, name).not.toContain('{{')
      await book.pool.query(text)
    }
  })

  test('nothing in them can write: they run as the reader', async () => {
    const client = await book.pool.connect()
    try {
      await client.query('BEGIN; SET LOCAL ROLE rollcall_reader')
      await client.query(`SELECT * FROM rollcall.growth('acme', NULL, '2024-03-01', '2024-03-08')`)
      await client.query(`SELECT * FROM rollcall.last_runs WHERE started_at < to_timestamp(${REPORT_NOW})`)
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })
})

describe('the schema could be distributed by group', () => {
  /** By `group_no`, colocated; the value says what stands in the way today, as docs/reports.md does. */
  const DISTRIBUTED: Readonly<Record<string, string | null>> = {
    group_fact: null,
    group_total: null,
    roll_state: null,
    member: 'trigger',
    stay: 'trigger',
    member_edit: 'key',
    group_event: 'key',
  }
  const REFERENCE = ['chat_group', 'fact_mark', 'retention', 'run', 'source', 'source_fact']
  const LOCAL =
    'ask bad_record forgotten gone_waiting group_receipt held held_account hint hint_move import_file imported_edit imported_group imported_stay limit_row pseudonym_key receipt_pack run_account run_group run_part run_work schedule walk_page'

  test('every table has a place, and so a new one must be given one', async () => {
    const { rows } = await book.pool.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'rollcall' AND tablename <> '_prisma_migrations'`,
    )
    const placed = [...Object.keys(DISTRIBUTED), ...REFERENCE, ...LOCAL.split(' ')]
    expect(rows.map(({ name }) => name).toSorted()).toEqual(placed.toSorted())
  })

  test('every unique key of a distributed table holds the group, and its foreign keys lead to reference tables', async () => {
    const { rows } = await book.pool.query<{ name: string; keyed: boolean; triggers: boolean; refers: string[] }>(
      `SELECT c.relname AS name,
        (SELECT bool_and((SELECT a.attnum FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'group_no') = ANY (i.indkey))
          FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique) AS keyed,
        EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) AS triggers,
        ARRAY(SELECT k.confrelid::regclass::text FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f') AS refers
      FROM pg_class c WHERE c.relnamespace = 'rollcall'::regnamespace AND c.relname = ANY ($1)`,
      [Object.keys(DISTRIBUTED)],
    )
    const inTheWay = ({ keyed, triggers }: (typeof rows)[number]) => (keyed ? (triggers ? 'trigger' : null) : 'key')
    expect(Object.fromEntries(rows.map((row) => [row.name, inTheWay(row)]))).toEqual(DISTRIBUTED)
    for (const { refers } of rows)
      for (const table of refers) expect(REFERENCE).toContain(table.replace('rollcall.', ''))
  })
})
