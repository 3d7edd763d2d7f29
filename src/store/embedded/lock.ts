import { randomUUID } from 'node:crypto'
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorError } from '../../core/errors.ts'
import { isAlive } from './postmaster.ts'

const BEAT_MS = 2_000
const STALE_MS = 20_000
const PATIENCE_MS = 10 * 60_000

/**
 * Holds a lock file while the work runs: one process at a time starts or attaches. The holder touches the file, so that
 * one left by a killed process is taken over, even where its process id is in use again. Should two ever hold it at
 * once, PostgreSQL's own postmaster.pid still keeps a second server off the data.
 */
export async function withLock<T>(file: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${randomUUID()}\n`
  const deadline = Date.now() + PATIENCE_MS
  while (!(await create(file, mine))) {
    signal?.throwIfAborted()
    if (Date.now() > deadline)
      throw new OperatorError(
        `${file} is held by another rollcall for 10 minutes: end that process, or delete the file`,
      )
    if (!(await takeAway(file))) await sleep(30, undefined, signal === undefined ? {} : { signal })
  }
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    if ((await content(file)) === mine) await rm(file, { force: true })
  }
}

async function create(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(text).finally(() => handle.close())
    } catch (error) {
      // On a full disk an empty file would hold up the next start.
      await rm(file, { force: true })
      throw error
    }
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a dead holder. Renames first: if another took it over meanwhile, its lock is put back. */
async function takeAway(file: string): Promise<boolean> {
  const text = await content(file)
  const times = await stat(file).catch(() => null)
  if (times === null) return true
  const quiet = Date.now() - times.mtimeMs
  const holder = Number.parseInt(text, 10)
  // An empty file is one whose holder has not written yet.
  const dead = Number.isInteger(holder) && holder !== process.pid && !isAlive(holder)
  if (!dead && quiet < STALE_MS) return false
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch {
    return true
  }
  if ((await content(aside)) !== text) await link(aside, file).catch(() => {})
  await rm(aside, { force: true })
  return true
}

async function content(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
