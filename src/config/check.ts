import { resolve } from 'node:path'
import { z } from 'zod'
import { VENDOR_KINDS } from '../core/endpoints.ts'
import type { VendorKind } from '../core/endpoints.ts'
import { daysOf, parsePeriod } from '../core/period.ts'
import { readAccountsFile } from './accounts.ts'
import { completeSource } from './complete.ts'
import type { SourceConfig } from './complete.ts'
import type { SourcesFile, Tree } from './file.ts'
import { writePath } from './faults.ts'
import type { Fault, Path } from './faults.ts'
import { suggestion } from './nearest.ts'
import { ANY_VENDOR, CREDENTIALS, SCHEMAS } from './source.ts'
import type { WrittenSource } from './source.ts'

export interface CheckedSources {
  readonly sources: readonly SourceConfig[]
  readonly faults: readonly Fault[]
}

/** Checks every key of every source; whatever is wrong is told at once. Account files are looked for from `folder`. */
export function checkSources(file: SourcesFile, folder: string): CheckedSources {
  const faults: Fault[] = [...file.faults]
  const add = (path: Path, says: string): void => {
    faults.push({ path: path.length === 0 ? 'sources' : writePath(path), says, line: file.lineOf(path) })
  }
  const complete: SourceConfig[] = []
  for (const [path, written] of sourcesOf(file, add)) {
    const { source, parsed } = parse(path, written, file, add)
    const accounts = accountsOf(source, folder, (says) => add([...path, 'discover', 'accountsFile'], says))
    if (parsed !== null) complete.push(completeSource(parsed, accounts))
    for (const [inside, says] of crossChecks(source)) add([...path, ...inside], says)
  }
  for (const [path, says] of duplicates(file)) add(path, says)
  return { sources: complete, faults: withoutEchoes(faults, file) }
}

type Add = (path: Path, says: string) => void
type Keys = { readonly [key: string]: Tree }
const isKeys = (tree: Tree | undefined): tree is Keys => typeof tree === 'object' && !Array.isArray(tree)

/** The entries of `sources`, and the faults of what stands around them. */
function* sourcesOf(file: SourcesFile, add: Add): Iterable<[Path, Tree]> {
  const root = file.tree
  if (file.faults.some((fault) => fault.path === 'YAML')) return
  if (root !== undefined && !isKeys(root)) return add([], 'must stand at the top of the file, as "sources:"')
  for (const key of Object.keys(root ?? {})) {
    if (key !== 'sources') add([key], `is not a known key${suggestion(key, ['sources'])}`)
  }
  const sources = root?.sources
  if (sources === undefined) return add([], 'is missing: the file has to list at least one source under "sources:"')
  if (!Array.isArray(sources)) return add([], 'must be a list: begin each source with "- name: …"')
  for (const [index, written] of sources.entries()) yield [['sources', index], written as Tree]
}

function accountsOf(source: Keys, folder: string, add: (says: string) => void): readonly string[] {
  const file = isKeys(source.discover) ? source.discover.accountsFile : undefined
  if (typeof file !== 'string' || file.includes('${')) return []
  const read = readAccountsFile(resolve(folder, file))
  if (read.fault !== null) add(read.fault)
  return read.accounts
}

function parse(path: Path, written: Tree, file: SourcesFile, add: Add): { source: Keys; parsed: WrittenSource | null } {
  if (!isKeys(written)) {
    add(path, 'must be a set of keys: name, vendor, discover, …')
    return { source: {}, parsed: null }
  }
  const vendor = VENDOR_KINDS.find((kind) => kind === written.vendor)
  if (vendor === undefined) {
    const name = typeof written.vendor === 'string' ? written.vendor : ''
    const is = written.vendor === undefined ? 'is missing; it must be' : 'must be'
    add([...path, 'vendor'], `${is} one of ${VENDOR_KINDS.join(', ')}${name === '' ? '' : `; found "${name}"`}`)
  }
  const schema: z.ZodObject = vendor === undefined ? ANY_VENDOR : SCHEMAS[vendor]
  const result = schema.safeParse(written)
  for (const issue of result.error?.issues ?? []) tell(issue, schema, path, written, file, add)
  return { source: written, parsed: vendor === undefined ? null : ((result.data ?? null) as WrittenSource | null) }
}

function tell(
  issue: z.core.$ZodIssue,
  schema: z.ZodObject,
  path: Path,
  written: Keys,
  file: SourcesFile,
  add: Add,
): void {
  const inside = issue.path.filter((step) => typeof step !== 'symbol')
  const at = [...path, ...inside]
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, inside)
    for (const key of issue.keys)
      add([...at, key], `is not a known key${ofOther(key, inside) ?? suggestion(key, known)}`)
    return
  }
  const value = at.slice(path.length).reduce<Tree | undefined>((tree, step) => child(tree, step), written)
  const says = issue.message
  const hint = issue.code === 'custom' && typeof issue.params?.hint === 'string' ? issue.params.hint : ''
  add(at, value === undefined ? `is missing; it ${says}` : `${says}${found(value, at, says, file)}${hint}`)
}

const child = (tree: Tree | undefined, step: string | number): Tree | undefined =>
  Array.isArray(tree) ? (tree as readonly Tree[])[Number(step)] : isKeys(tree) ? tree[step] : undefined

/** What stood there instead; the name of the variable where it came from one, and nothing of a credential. */
function found(value: Tree, path: Path, says: string, file: SourcesFile): string {
  const key = path.at(-1)
  if (typeof key === 'string' && CREDENTIALS.has(key)) return ''
  if (!says.startsWith('must')) return ''
  if (typeof value !== 'string') return Array.isArray(value) ? '; found a list' : '; found a set of keys'
  const names = file.variables.get(writePath(path))
  if (names !== undefined) return `; found the value of ${names.join(', ')}`
  return `; found ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`
}

/** A key that another vendor has deserves that word. */
function ofOther(key: string, inside: Path): string | null {
  const owner = inside.length > 0 ? undefined : VENDOR_KINDS.find((kind: VendorKind) => key in SCHEMAS[kind].shape)
  return owner === undefined ? null : ` of this vendor: only ${owner} sources have it`
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return keysAt(schema.unwrap() as z.ZodType, path)
  if (!(schema instanceof z.ZodObject)) return []
  const [step, ...rest] = path
  if (step === undefined) return Object.keys(schema.shape)
  const inner: unknown = schema.shape[String(step)]
  return inner instanceof z.ZodType ? keysAt(inner, rest) : []
}

/** What one key says about another. */
function* crossChecks(source: Keys): Iterable<[Path, string]> {
  const { vendor, baseUrl, region, discover } = source
  if (vendor === 'tencent' && baseUrl !== undefined && region !== undefined) {
    yield [['region'], 'contradicts baseUrl: keep one of the two']
  }
  if (vendor === 'tencent' && baseUrl === undefined && region === undefined) {
    yield [
      ['region'],
      'is missing; give region (cn, sg, kr, jp, de, in, us, id) or baseUrl (https://console.tim.qq.com)',
    ]
  }
  if (source.freshness !== undefined && source.schedule === undefined) {
    yield [['freshness'], 'needs a schedule beside it: only a run of the whole source finds new groups']
  }
  if (isKeys(source.sync) && source.sync.fullEvery !== undefined && isKeys(discover) && discover.expand === 'members') {
    yield [
      ['sync', 'fullEvery'],
      'does not go with discover.expand: members: groups are found through the members of the groups that are walked',
    ]
  }
  const { history, reads } = isKeys(source.retain) ? source.retain : {}
  if (longer(reads, history)) {
    yield [
      ['retain', 'reads'],
      'must not be longer than history: a read is kept to prove what it saw, and that is gone by then',
    ]
  }
  if (!isKeys(discover)) return
  if (source.pseudonymize === 'true' && discover.expand === 'members') {
    yield [
      ['discover', 'expand'],
      'does not go with pseudonymize: true: the groups of an account can only be asked for by its name',
    ]
  }
  if (vendor === 'yunxin' && discover.allGroups === 'true') {
    yield [
      ['discover', 'allGroups'],
      'is refused: Yunxin has no list of all teams; use accounts, accountsFile or groups, with expand: members',
    ]
  }
  const some = (value: Tree | undefined): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined)
  const ways = some(discover.accounts) || some(discover.groups) || some(discover.accountsFile)
  if (!ways && (discover.allGroups === undefined || discover.allGroups === 'false')) {
    const all = vendor === 'yunxin' ? '' : ', allGroups: true'
    yield [['discover'], `needs at least one way to find groups: accounts, accountsFile${all} or groups`]
  }
}

/** Whether both are periods and the first has more days. */
function longer(one: Tree | undefined, other: Tree | undefined): boolean {
  const [a, b] = [one, other].map((written) => (typeof written === 'string' ? parsePeriod(written) : null))
  return a !== null && a !== undefined && b !== null && b !== undefined && daysOf(a) > daysOf(b)
}

function* duplicates(file: SourcesFile): Iterable<[Path, string]> {
  const sources = isKeys(file.tree) ? file.tree.sources : undefined
  const first = new Map<string, number>()
  for (const [index, source] of (Array.isArray(sources) ? (sources as readonly Tree[]) : []).entries()) {
    const name = isKeys(source) ? source.name : undefined
    if (typeof name !== 'string') continue
    const earlier = first.get(name)
    if (earlier === undefined) first.set(name, index)
    else yield [['sources', index, 'name'], `"${name}" is already the name of sources[${earlier}]: choose another`]
  }
}

/** A value whose variable is unset has that one fault; what the unreplaced text breaks besides is noise. */
function withoutEchoes(faults: readonly Fault[], file: SourcesFile): readonly Fault[] {
  const unset = new Set(file.faults.map((fault) => fault.path))
  const seen = new Set<string>()
  return faults.filter((fault) => {
    const text = `${fault.path} ${fault.says}`
    const keep = !seen.has(text) && (file.faults.includes(fault) || !unset.has(fault.path))
    seen.add(text)
    return keep
  })
}
