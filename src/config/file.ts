import { LineCounter, isNode, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import type { Env } from './environment.ts'
import { writePath } from './faults.ts'
import type { Fault, Path } from './faults.ts'
import { suggestion } from './nearest.ts'

/**
 * A sources file as it is written: every scalar is the text that stands there, so that ids of any length keep their
 * digits and a number may come out of `${NAME}`. A key without a value is absent.
 */
export type Tree = string | readonly Tree[] | { readonly [key: string]: Tree }

export interface SourcesFile {
  readonly tree: Tree | undefined
  readonly faults: readonly Fault[]
  /** The line of the file where a key stands, for messages. */
  lineOf(path: Path): number | null
  /** The variables that a value came from, by its path (`sources[0].secretKey` → `TENCENT_SECRET_KEY`). */
  readonly variables: ReadonlyMap<string, readonly string[]>
}

/** Parses YAML and replaces `${NAME}` (`$${NAME}` stands for itself). Faults are collected, never thrown. */
export function parseSourcesFile(text: string, env: Env): SourcesFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { schema: 'failsafe', merge: true, lineCounter: lines })
  const lineOf = (path: Path): number | null => lineAt(document, lines, path)
  // The first line of a YAML error only: the rest quotes the file, and with it perhaps a secret.
  const faults: Fault[] = document.errors.map((error) => ({
    path: 'YAML',
    says: `${(error.message.split('\n')[0] ?? '').replace(/:$/, '')}. Check indentation, colons and quotes there.`,
  }))
  if (faults.length > 0) return { tree: undefined, faults, lineOf, variables: new Map() }

  const variables = new Map<string, readonly string[]>()
  const walk = (value: unknown, path: Path): Tree | undefined => {
    if (Array.isArray(value)) return value.map((item: unknown, index) => walk(item, [...path, index]) ?? '')
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])] as const)
      return Object.fromEntries(entries.filter((entry): entry is [string, Tree] => entry[1] !== undefined))
    }
    if (typeof value !== 'string' || ['', '~', 'null'].includes(value)) return undefined
    const replaced = substitute(value, env)
    const at = writePath(path)
    faults.push(...replaced.says.map((says) => ({ path: at, says, line: lineOf(path) })))
    if (replaced.names.length > 0) variables.set(at, replaced.names)
    return replaced.text
  }
  try {
    return { tree: walk(document.toJS({ maxAliasCount: 1000 }), []), faults, lineOf, variables }
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    return {
      tree: undefined,
      faults: [{ path: 'YAML', says: `${says}. Check the anchors (&) and aliases (*).` }],
      lineOf,
      variables,
    }
  }
}

function substitute(text: string, env: Env): { text: string; names: string[]; says: string[] } {
  const names: string[] = []
  const says: string[] = []
  const replaced = text.replaceAll(/(\$?)\$\{([^}]*)\}/g, (whole, escape: string, name: string) => {
    if (escape !== '') return whole.slice(1)
    const value = env[name]
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      says.push(`"\${${name}}" is no name of an environment variable: use letters, digits and _`)
    } else if (value === undefined || value.trim() === '') {
      const state = value === undefined ? 'is not set' : 'is set, but empty'
      const close = value === undefined ? nearby(name, env) : ''
      says.push(`wants the environment variable ${name}, which ${state}. Set it in the environment or in .env${close}`)
    } else names.push(name)
    return value ?? whole
  })
  return { text: replaced, names, says }
}

/** A misspelt variable is worth pointing at, the whole environment is not. */
const nearby = (name: string, env: Env): string => {
  const hint = suggestion(name, Object.keys(env))
  return hint.includes('Did you mean') ? hint : ''
}

function lineAt(document: Document, lines: LineCounter, path: Path): number | null {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return null
}
