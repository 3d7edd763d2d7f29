import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** What is installed is what was locked: every package by exact version and checksum, and no script runs that is not allowed. */

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}
const read = (name: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8'))
const lock = read('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> }
const pack = read('package.json') as Locked & { readonly allowScripts: Readonly<Record<string, boolean>> }
const { '': root = {}, ...installed } = lock.packages

const EXACT = /^\d+\.\d+\.\d+(-[\w.-]+)?$/
/** Of a registry; any other place (git, a folder, somebody's server) has no checksum that others can compare. */
const REGISTRY = /^https:\/\/registry\.npmjs\.org\//

it('package.json names exact versions, and the lock file the same', () => {
  for (const kind of ['dependencies', 'devDependencies'] as const) {
    expect(root[kind]).toEqual(pack[kind])
    const loose = Object.entries(pack[kind] ?? {}).filter(([, version]) => !EXACT.test(version))
    expect(loose).toEqual([])
  }
})

it('every locked package has an exact version and a checksum, and comes from the registry', () => {
  const wrong = Object.entries(installed).filter(
    ([, { version = '', integrity = '', resolved, link }]) =>
      link === true ||
      !EXACT.test(version) ||
      !/^sha512-[\w+/]{86}==$/.test(integrity) ||
      (resolved !== undefined && !REGISTRY.test(resolved)),
  )
  expect(Object.keys(installed).length).toBeGreaterThan(100)
  expect(wrong).toEqual([])
})

it('every package with a script of its own at installation is allowed or refused one by name', () => {
  const scripted = Object.entries(installed).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript === true ? [path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)] : [],
  )
  expect(scripted.filter((name) => !(name in pack.allowScripts))).toEqual([])
})
