import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { METRICS } from '../../src/http/metrics.ts'
import { emptyApi, history, serve } from './rig.ts'

/** Prometheus text format 0.0.4, strictly: name, labels, value. */
function parse(
  text: string,
): Map<string, { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]> {
  const samples = new Map<string, { labels: Record<string, string>; value: number }[]>()
  const types = new Set<string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary)$/.exec(line)
    if (type !== null) {
      if (types.has(type[1] ?? '')) throw new Error(`two types: ${line}`)
      types.add(type[1] ?? '')
      continue
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.e+-]+|[Nn]a[Nn]|[+-]Inf)$/.exec(line)
    if (sample === null) throw new Error(`no sample: ${line}`)
    const [, name = '', inner = '', value] = sample
    const labels = Object.fromEntries(
      [...inner.matchAll(/([a-zA-Z_]\w*)="((?:\\.|[^"\\])*)"/g)].map(([, key, text]) => [key, text]),
    )
    samples.set(name, [...(samples.get(name) ?? []), { labels, value: Number(value) }])
  }
  return samples
}

it('say what the database holds', async () => {
  await using rig = await history()
  await using api = await serve(rig.pool, {
    sources: [
      { name: 'acme', vendor: 'tencent', schedule: null, nextRun: () => 1_000_000, rates: { getGroupInfo: 50 } },
    ],
  })
  const response = await api.ask('/metrics')
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  const samples = parse(await response.text())
  const of = (name: string, labels: object) =>
    samples.get(name)?.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value
  expect(of('rollcall_members', { source: 'acme' })).toBe(31)
  expect(of('rollcall_groups', { source: 'acme', state: 'standing' })).toBe(2)
  expect(of('rollcall_runs_total', { source: 'acme', verdict: 'complete' })).toBe(3)
  expect(of('rollcall_changes_total', { source: 'acme', kind: 'left' })).toBe(2)
  expect(of('rollcall_database_up', {})).toBe(1)
  expect(of('rollcall_call_limit_per_second', { source: 'acme', endpoint: 'getGroupInfo' })).toBe(50)
  expect(of('rollcall_calls_total', { source: 'acme', endpoint: 'getGroupInfo' })).toBeGreaterThan(0)
  expect(samples.has('rollcall_process_resident_memory_bytes')).toBe(true)
  expect(samples.has('rollcall_queue_up')).toBe(false)
})

it('parse also where there is nothing yet', async () => {
  await using api = await emptyApi()
  expect(parse(await (await api.ask('/metrics')).text()).size).toBeGreaterThan(10)
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
