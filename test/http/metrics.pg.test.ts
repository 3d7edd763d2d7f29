import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { METRICS } from '../../src/http/metrics.ts'
import { samplesOf, selected } from './promql.ts'
import { emptyApi, history, serve } from './rig.ts'

const queue = { kind: 'postgres', counts: async () => ({ waiting: 2 }), ready: async () => {}, board: null } as const

it('say what the database holds', async () => {
  await using rig = await history()
  await rig.pool.query(
    `INSERT INTO rollcall.retention (source_no, history_from, ended_at, stays) VALUES (1, now(), to_timestamp(1700000000), 7)`,
  )
  await using api = await serve(rig.pool, {
    sources: [
      { name: 'acme', vendor: 'tencent', schedule: null, nextRun: () => 1_000_000, rates: { getGroupInfo: 50 } },
    ],
  })
  const response = await api.ask('/metrics')
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  const samples = samplesOf(await response.text())
  const of = (name: string, labels: object) =>
    samples.get(name)?.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value
  expect(of('rollcall_members', { source: 'acme' })).toBe(31)
  expect(of('rollcall_groups', { source: 'acme', state: 'standing' })).toBe(2)
  expect(of('rollcall_runs_total', { source: 'acme', verdict: 'complete' })).toBe(3)
  expect(of('rollcall_changes_total', { source: 'acme', kind: 'left' })).toBe(2)
  expect(of('rollcall_database_up', {})).toBe(1)
  expect(of('rollcall_retention_rows_total', { source: 'acme', kind: 'stays' })).toBe(7)
  expect(of('rollcall_retention_finished_timestamp_seconds', { source: 'acme' })).toBe(1_700_000_000)
  expect(of('rollcall_call_limit_per_second', { source: 'acme', endpoint: 'getGroupInfo' })).toBe(50)
  expect(of('rollcall_calls_total', { source: 'acme', endpoint: 'getGroupInfo' })).toBeGreaterThan(0)
  expect(samples.has('rollcall_process_resident_memory_bytes')).toBe(true)
  expect(samples.has('rollcall_queue_up')).toBe(false)
})

it('parse also where there is nothing yet', async () => {
  await using api = await emptyApi()
  expect(samplesOf(await (await api.ask('/metrics')).text()).size).toBeGreaterThan(10)
})

it('are all in docs/metrics.md, and the alert rules use no other', () => {
  const docs = readFileSync('docs/metrics.md', 'utf8')
  expect(METRICS.filter(([, name]) => !docs.includes(`\`${name}\``)).map(([, name]) => name)).toEqual([])
  const rules = readFileSync('deploy/alerts.yml', 'utf8')
  const names = new Set<string>(METRICS.map(([, name]) => name))
  const used = [...rules.matchAll(/\brollcall_\w+/g)].map(([name]) => name)
  expect(used.filter((name) => !names.has(name))).toEqual([])
  const parsed: unknown = parseYaml(rules)
  expect(parsed).toMatchObject({ groups: [{ name: 'rollcall' }] })
})

it('answer every query of the Grafana dashboard and of the alert rules', async () => {
  await using rig = await history()
  const held = { list: async () => [], approve: async () => null, reject: async () => null }
  const sources = [
    { name: 'acme', vendor: 'tencent', schedule: null, nextRun: () => 1_000_000, rates: { getGroupInfo: 50 } },
  ]
  await rig.pool.query('INSERT INTO rollcall.retention (source_no, ended_at) VALUES (1, now())')
  const hooks = new Map([['acme', { answer: '{}', hear: async () => 'hint' as const }]])
  await using api = await serve(rig.pool, { sources, queue, held, hooks })
  // What Prometheus itself adds to a scrape.
  const samples = new Map([
    ...samplesOf(await (await api.ask('/metrics')).text()),
    ['up', [{ labels: { job: 'rollcall' }, value: 1 }]] as const,
  ])
  const { panels } = JSON.parse(readFileSync('deploy/grafana/operations.json', 'utf8')) as {
    panels: { title: string; targets: { expr: string; legendFormat: string }[] }[]
  }
  const rules = parseYaml(readFileSync('deploy/alerts.yml', 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[]
  }
  const queries = [
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr }))),
    ...rules.groups.flatMap(({ rules: all }) => all.map(({ alert, expr }) => ({ title: alert, expr }))),
  ]
  expect(queries.length).toBeGreaterThan(24)
  for (const { title, expr } of queries) {
    const found = selected(expr.replaceAll('$source', '.*'), samples)
    expect(found.length, title).toBeGreaterThan(0)
    // No run of this history has failed.
    const may = expr.includes('verdict="failed"') ? 0 : 1
    for (const one of found) expect(one.length, `${title}: ${expr}`).toBeGreaterThanOrEqual(may)
  }
  expect(() => selected('max by (source (rollcall_groups)', samples)).toThrow('no PromQL')
  expect(() => selected('max by (nobody) (rollcall_groups)', samples)).toThrow('no label')
  expect(selected('rollcall_groupz{source="acme"}', samples)).toEqual([[]])
  expect(selected('rollcall_groups{source!="acme"}', samples)).toEqual([[]])
  const metrics = new Set<string>(METRICS.map(([, name]) => name))
  const shown = queries.map(({ expr }) => expr).join(' ')
  expect(
    [...metrics].filter((name) => !shown.includes(name)),
    'shown by no panel',
  ).toEqual(['rollcall_last_run_finished_timestamp_seconds'])
})
