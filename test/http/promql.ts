import { parser } from '@prometheus-io/lezer-promql'
import parsePrometheus from 'parse-prometheus-text-format'

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}
interface Family {
  readonly name: string
  readonly metrics: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value?: string }[]
}

/** The samples of a text in the Prometheus format, by a parser that is not ours. */
export function samplesOf(text: string): Map<string, readonly Sample[]> {
  const families = parsePrometheus(text) as readonly Family[]
  return new Map(
    families.map(({ name, metrics }) => [
      name,
      metrics.map(({ labels = {}, value }) => ({ labels, value: Number(value) })),
    ]),
  )
}

/**
 * What a query finds in one scrape: the samples of each of its selectors. Throws for what is no PromQL, as
 * Prometheus' own grammar has it, and for a label that a `by (…)` names and a sample does not have.
 */
export function selected(
  query: string,
  samples: ReadonlyMap<string, readonly Sample[]>,
): readonly (readonly Sample[])[] {
  const found: (readonly Sample[])[] = []
  const wanted: string[] = []
  parser.parse(query).iterate({
    enter(node) {
      const text = query.slice(node.from, node.to)
      if (node.type.isError) throw new Error(`no PromQL at "${query.slice(node.from)}": ${query}`)
      if (node.name === 'GroupingLabels') wanted.push(...text.replaceAll(/[()\s]/g, '').split(','))
      if (node.name === 'VectorSelector') found.push(matching(text, samples))
    },
  })
  const bare = found.flat().find(({ labels }) => wanted.some((label) => labels[label] === undefined))
  if (bare !== undefined) throw new Error(`no label of ${wanted.join()} in ${JSON.stringify(bare.labels)}: ${query}`)
  return found
}

/** `name{label="value", other=~"a|b"}`. */
function matching(selector: string, samples: ReadonlyMap<string, readonly Sample[]>): readonly Sample[] {
  const [, name = '', inner = ''] = /^([\w:]+)(?:\{(.*)\})?$/.exec(selector) ?? []
  const tests = [...inner.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].map(([, label = '', how = '', value = '']) => {
    const pattern = new RegExp(`^(?:${value})$`)
    const meets = how.endsWith('~') ? (text: string) => pattern.test(text) : (text: string) => text === value
    return ({ labels }: Sample) => meets(labels[label] ?? '') !== how.startsWith('!')
  })
  return (samples.get(name) ?? []).filter((sample) => tests.every((test) => test(sample)))
}
