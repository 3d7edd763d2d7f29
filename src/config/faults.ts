import { UsageError } from '../core/errors.ts'

/** One thing wrong with the configuration: where (`sources[0].sdkAppId`, `HTTP_PORT`), and what with its cure. */
export interface Fault {
  readonly path: string
  readonly says: string
  /** The line of the sources file, where it has one. */
  readonly line?: number | null
}

export type Path = readonly (string | number)[]

/** `['sources', 0, 'sdkAppId']` → `sources[0].sdkAppId`. */
export function writePath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : `["${step}"]`))
    .join('')
    .replace(/^\./, '')
}

/** All faults as one error for the person who wrote the configuration. */
export function faultsError(faults: readonly Fault[], configPath: string): UsageError {
  const head = faults.length === 1 ? 'The configuration has a fault' : `The configuration has ${faults.length} faults`
  const line = (fault: Fault): string => (typeof fault.line === 'number' ? ` (line ${fault.line})` : '')
  const ordered = faults.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
  const lines = ordered.map((fault) => `  ${fault.path}: ${fault.says}${line(fault)}`)
  return new UsageError(`${head} (sources file: ${configPath}):\n${lines.join('\n')}`)
}
