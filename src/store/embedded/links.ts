import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { OperatorError } from '../../core/errors.ts'
import { INSTEAD } from './trouble.ts'

/** A tree of PostgreSQL as npm unpacks it: without the symbolic links, which it lists in pg-symlinks.json. */
export interface Tree {
  readonly native: string
  readonly version: string
}

/** Makes the symbolic links of a tree, as the package's own postinstall script does where npm runs it. */
export function makeLinks(native: string): void {
  for (const { source, target } of linksOf(native)) {
    const link = join(native, relative('native', target))
    if (relative(native, link).startsWith('..')) throw new OperatorError(`${native} is damaged: run npm ci, ${INSTEAD}`)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      // Another process may make the same link at the same moment.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

function linksOf(native: string): readonly { source: string; target: string }[] {
  const file = join(native, 'pg-symlinks.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[]) : []
}
