import { readFileSync, writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createIo } from '../../src/cli/io.ts'
import { run } from '../../src/cli/program.ts'
import { services } from '../../src/cli/services.ts'
import { VARIABLES } from '../../src/config/environment.ts'
import { emptyApi } from '../http/rig.ts'
import { cloneDatabase } from '../support/database.ts'

const DOC = new URL('../../docs/reference.md', import.meta.url)

/** `rollcall VERB --help`, as a terminal of 100 columns shows it. */
async function help(...verb: string[]): Promise<string> {
  const out: string[] = []
  const into = () =>
    new Writable({ decodeStrings: false, write: (text: string, _encoding, done) => (out.push(text), done()) })
  const life = { signal: new AbortController().signal, env: {}, cwd: '.', clock: { now: () => 0 } }
  await run([...verb, '--help'], { io: createIo(into(), into()), services, ...life })
  return out.join('').trim()
}

async function commandLine(): Promise<string> {
  const main = await help()
  const [, list = ''] = main.split('Commands:')
  const verbs = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, verb = '']) => verb).filter((verb) => verb !== 'help')
  expect(verbs.length).toBeGreaterThan(12)
  const texts: string[] = []
  for (const verb of verbs) texts.push(`### \`${verb}\`\n\n\`\`\`text\n${await help(verb)}\n\`\`\``)
  return texts.join('\n\n')
}

const environment = (): string =>
  [
    '| Variable | Default | Meaning |',
    '|---|---|---|',
    ...VARIABLES.map(
      (one) => `| \`${one.name}\` | ${one.default === null ? '' : `\`${one.default}\``} | ${one.says} |`,
    ),
  ].join('\n')

async function sql(): Promise<string> {
  const { pool } = await cloneDatabase()
  const { rows: views } = await pool.query<{ name: string; columns: string; says: string | null }>(`
    SELECT c.relname AS name, string_agg(a.attname, ', ' ORDER BY a.attnum) AS columns, obj_description(c.oid, 'pg_class') AS says
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'rollcall'::regnamespace AND c.relkind = 'v' AND has_table_privilege('rollcall_reader', c.oid, 'SELECT')
    GROUP BY c.oid, c.relname ORDER BY 1`)
  const { rows: callable } = await pool.query<{ name: string; takes: string; gives: string; says: string | null }>(`
    SELECT p.proname AS name, pg_get_function_identity_arguments(p.oid) AS takes, pg_get_function_result(p.oid) AS gives,
      obj_description(p.oid, 'pg_proc') AS says
    FROM pg_proc p WHERE p.pronamespace = 'rollcall'::regnamespace AND p.proretset
      AND has_function_privilege('rollcall_reader', p.oid, 'EXECUTE')
    ORDER BY 1, 2`)
  // The rest is there for these.
  const told = readFileSync('docs/reports.md', 'utf8')
  const functions = callable.filter(({ name }) => told.includes(`rollcall.${name}(`))
  expect(views.length).toBeGreaterThan(6)
  expect(functions.map(({ name }) => name)).toEqual(expect.arrayContaining(['members_at', 'groups_of']))
  const cell = (text: string | null) => (text ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ')
  const gives = (text: string) => /^TABLE\((.*)\)$/.exec(text)?.[1]?.replaceAll(/(^|, )(\w+)[^,]*/g, '$1$2') ?? text
  return [
    '| View | Columns | |',
    '|---|---|---|',
    ...views.map(({ name, columns, says }) => `| \`${name}\` | ${columns} | ${cell(says)} |`),
    '',
    '| Function | Gives | |',
    '|---|---|---|',
    ...functions.map((one) => `| \`${one.name}(${one.takes})\` | ${cell(gives(one.gives))} | ${cell(one.says)} |`),
  ].join('\n')
}

async function api(): Promise<string> {
  await using served = await emptyApi()
  const { paths } = await served.json<{
    paths: Record<string, Record<string, { summary: string; operationId: string; parameters?: { name: string }[] }>>
  }>('/api/openapi.json')
  const rows = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(
      ([verb, { summary, operationId, parameters = [] }]) =>
        `| \`${verb.toUpperCase()} ${path}\` | \`${operationId}\` | ${summary} | ${parameters
          .map(({ name }) => name)
          .filter((name) => !path.includes(`{${name}}`))
          .join(', ')} |`,
    ),
  )
  return ['| Address | Operation | Answers | Parameters |', '|---|---|---|---|', ...rows].join('\n')
}

test('docs/reference.md is what the program says of itself (UPDATE_DOCS=1 writes it anew)', async () => {
  const text = `# Reference

Made from the program itself; a test keeps it equal. The reports have [a page of their own](reports.md), and so have
[the metrics](metrics.md). The keys of the sources file stand, each with its meaning, in \`rollcall.example.yaml\`.

## Environment

Flags come before the environment, the environment before \`.env\`, that before the defaults.

${environment()}

With \`OTEL_EXPORTER_OTLP_ENDPOINT\` set, \`OTEL_EXPORTER_OTLP_HEADERS\`, \`OTEL_SERVICE_NAME\` and \`OTEL_RESOURCE_ATTRIBUTES\` hold
as the OpenTelemetry specification says.

## Command line

Exit codes: 0 complete, 1 failed, 2 bad usage or configuration, 3 partial.

${await commandLine()}

## SQL

Everything in the schema \`rollcall\` that the role \`rollcall_reader\` may read. Tables are not part of the promise.

${await sql()}

## HTTP API

How to ask, page and sign in: [the API](api.md). The whole description, for generators of clients: \`GET /api/openapi.json\`.

${await api()}
`
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(DOC, text)
  expect(readFileSync(DOC, 'utf8')).toBe(text)
}, 60_000)
