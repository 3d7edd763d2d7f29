import { randomBytes } from 'node:crypto'
import { existsSync, lstatSync } from 'node:fs'
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OperatorError } from '../../core/errors.ts'
import { canReach, ownerOf, serverAccount, type Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { run } from './run.ts'
import { serverTrouble } from './trouble.ts'

export const USER = 'rollcall'
const FORM = ['-A', 'scram-sha-256', '-E', 'UTF8', '--no-locale', '--no-instructions']

/** Where things lie: all of it under `<dataDir>/postgres`, private to the user PostgreSQL runs as (and root). */
export interface Cluster {
  readonly home: string
  readonly data: string
  readonly passwordFile: string
  readonly log: string
  readonly lock: string
  readonly account: Account | null
  /**
   * How PostgreSQL's programs name the data folder. Root's data may lie where PostgreSQL's user cannot walk to, but a
   * process is put into a folder before it changes its user, and from within it needs no way in.
   */
  readonly dataArgument: string
}

/** Finds or makes the home of the cluster and settles who runs it. */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const home = join(resolve(dataDir), 'postgres')
  const data = join(home, 'data')
  await mkdir(home, { recursive: true, mode: 0o700 })
  const account = existsSync(data) ? accountOf(data) : serverAccount()
  if (account !== null) await chown(home, account.uid, account.gid)
  const fromWithin = account !== null && process.platform === 'linux'
  if (!fromWithin && !canReach(account, home))
    throw new OperatorError(
      `PostgreSQL cannot run as root and its user cannot enter ${home}: choose another ROLLCALL_DATA_DIR`,
    )
  return {
    home,
    data,
    passwordFile: join(home, 'password'),
    log: join(home, 'postgresql.log'),
    lock: join(home, 'start.lock'),
    account,
    dataArgument: fromWithin ? '/proc/self/cwd' : data,
  }
}

/** Whoever owns the data runs it: also where root comes upon the data of an ordinary user. */
function accountOf(data: string): Account | null {
  const self = process.getuid?.()
  if (self === undefined) return null
  if (self === 0) {
    const owner = ownerOf(data)
    if (owner !== null) return owner
    throw new OperatorError(`${data} belongs to root, as whom PostgreSQL does not run: chown -R it to an ordinary user`)
  }
  if (lstatSync(data).uid === self) return null
  throw new OperatorError(
    `${data} belongs to another user: run rollcall as that user, or choose another ROLLCALL_DATA_DIR`,
  )
}

/** Makes the data folder unless it is there. Only under the lock. */
export async function createData(cluster: Cluster, binaries: Binaries, signal?: AbortSignal): Promise<void> {
  if (existsSync(cluster.data)) return checkVersion(cluster, binaries)
  // What a killed initdb left.
  for (const name of await readdir(cluster.home)) if (name.startsWith('new-')) await discard(join(cluster.home, name))
  await writePrivate(cluster, cluster.passwordFile, `${randomBytes(24).toString('hex')}\n`)
  const fresh = join(cluster.home, `new-${randomBytes(6).toString('hex')}`)
  await mkdir(fresh, { mode: 0o700 })
  if (cluster.account !== null) await chown(fresh, cluster.account.uid, cluster.account.gid)
  const folder = cluster.dataArgument === cluster.data ? fresh : cluster.dataArgument
  try {
    const { code, output } = await run(
      join(binaries.bin, 'initdb'),
      ['-D', folder, '--pwfile=../password', '-U', USER, ...FORM],
      { cwd: fresh, account: cluster.account, signal },
    )
    if (code !== 0) throw serverTrouble(`no database could be made in ${cluster.home}`, output)
  } catch (error) {
    await discard(fresh)
    throw error
  }
  await rename(fresh, cluster.data)
  await syncFolder(cluster.home)
}

async function checkVersion(cluster: Cluster, binaries: Binaries): Promise<void> {
  const version = (await readFile(join(cluster.data, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (version === '')
    throw new OperatorError(`${cluster.data} holds no database: move that folder away, or restore it from a backup`)
  if (version !== binaries.major)
    throw new OperatorError(
      `${cluster.data} was made by PostgreSQL ${version}, this rollcall brings ${binaries.major}: dump it with the ` +
        `rollcall that made it (pg_dump), move the folder away and restore the dump`,
    )
}

export async function readPassword(cluster: Cluster): Promise<string> {
  const password = (await readFile(cluster.passwordFile, 'utf8').catch(() => '')).trim()
  if (password === '')
    throw new OperatorError(`the password of the database is missing: restore ${cluster.passwordFile}`)
  return password
}

async function writePrivate(cluster: Cluster, file: string, text: string): Promise<void> {
  await rm(file, { force: true })
  await writeFile(file, text, { mode: 0o600, flag: 'wx' })
  if (cluster.account !== null) await chown(file, cluster.account.uid, cluster.account.gid)
}

/** The initdb of a killed program may still write there: then the next start takes the rest away. */
async function discard(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {})
}

/** After a power failure the new name must be there as surely as the data it holds. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
