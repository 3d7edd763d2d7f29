import { createHash, randomUUID } from 'node:crypto'
import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { chmod, cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { OperatorError } from '../../core/errors.ts'
import { canReach, serverAccount } from './account.ts'
import { makeLinks, type Tree } from './links.ts'
import { run } from './run.ts'
import { fileTrouble, INSTEAD } from './trouble.ts'

/**
 * A copy of the tree that PostgreSQL's user can read, made once. Root's packages may lie under a folder that only root
 * may enter, and an ordinary user's may lie where nobody can add the symbolic links.
 */
export async function cachedCopy(tree: Tree, signal?: AbortSignal): Promise<string> {
  const files = listFiles(tree.native)
  const print = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12)
  const name = `rollcall-postgresql-${tree.version}-${print}-${process.getuid?.() ?? 0}`
  const refusals: string[] = []
  for (const parent of cacheParents()) {
    const copy = join(parent, name)
    if (isOurs(copy) && isWhole(copy, files)) return copy
    try {
      const refusal = await makeCopy(tree.native, parent, copy, signal)
      if (refusal === null) return copy
      refusals.push(`${parent}: ${refusal}`)
    } catch (error) {
      signal?.throwIfAborted()
      const known = fileTrouble(parent, error)
      if (!(known instanceof OperatorError)) throw error
      refusals.push(known.message)
    }
  }
  throw new OperatorError(
    `no folder for temporary files can hold a copy of PostgreSQL: set TMPDIR to one that programs may run from, ${INSTEAD}\n` +
      refusals.map((line) => `  ${line}`).join('\n'),
  )
}

type Entry = readonly [path: string, bytes: number]

/** What PostgreSQL needs while it runs, by size: enough to notice a newer package, or a copy that a cleaner thinned out. */
function listFiles(native: string): Entry[] {
  return readdirSync(native, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isNeeded(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path): Entry => [relative(native, path), statSync(path).size])
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** Static libraries are for people who compile against PostgreSQL. */
function isNeeded(name: string): boolean {
  return !name.endsWith('.a')
}

/** Folders that PostgreSQL's user can reach and in which nobody can swap what we put there. */
function cacheParents(): string[] {
  return [...new Set([tmpdir(), '/tmp', '/var/tmp'])].flatMap((path) => {
    try {
      const folder = realpathSync(path)
      const { uid, mode } = lstatSync(folder)
      const sticky = (mode & 0o1000) !== 0 || (mode & 0o022) === 0
      const owned = process.getuid === undefined || uid === 0 || uid === process.getuid()
      return sticky && owned && canReach(serverAccount(), folder) ? [folder] : []
    } catch {
      return []
    }
  })
}

/** Whether we made it and nobody else can write there: another user may have planted a folder of that name. */
function isOurs(copy: string): boolean {
  const found = lstatSync(copy, { throwIfNoEntry: false })
  if (found === undefined || !found.isDirectory()) return false
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0)
}

function isWhole(copy: string, files: readonly Entry[]): boolean {
  return files.every(([path, bytes]) => statSync(join(copy, path), { throwIfNoEntry: false })?.size === bytes)
}

/** Copies, tries the copy out, and moves it into place in one step. Answers why not, where programs may not run there. */
async function makeCopy(native: string, parent: string, copy: string, signal?: AbortSignal): Promise<string | null> {
  const fresh = await mkdtemp(join(parent, 'rollcall-copy-'))
  try {
    await cp(native, fresh, { recursive: true, filter: (path) => isNeeded(path) })
    makeLinks(fresh)
    await openFolders(fresh)
    const tried = await run(join(fresh, 'bin', 'postgres'), ['--version'], {
      cwd: '/',
      account: serverAccount(),
      signal,
    })
    if (tried.code !== 0) return tried.output.trim()
    await clearAway(copy)
    await rename(fresh, copy).catch((error: unknown) => {
      // Another process was quicker.
      if (!isOurs(copy)) throw error
    })
    return null
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** mkdtemp makes its folder private, and so may a umask make every other. */
async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openFolders(path)
    else if (entry.isFile()) await chmod(path, (lstatSync(path).mode & 0o111) === 0 ? 0o644 : 0o755)
  }
}

/** Moves a folder aside that is not ours or not whole, then deletes it. Servers that run from it keep their open files. */
async function clearAway(copy: string): Promise<void> {
  if (lstatSync(copy, { throwIfNoEntry: false }) === undefined) return
  const aside = `${copy}.${randomUUID()}`
  await rename(copy, aside)
  await rm(aside, { recursive: true, force: true })
}
