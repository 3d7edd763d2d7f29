import { execFile } from 'node:child_process'
import { readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A running server, as its postmaster.pid tells. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** `starting`, `ready`, `stopping`, `standby`, or empty while it writes the file. */
  readonly status: string
}

/** No process has this id: PostgreSQL then sees that the file is stale, and still checks the old shared memory. */
const NO_PROCESS = 2_147_483_646

/** The live server of a data folder; null where there is none, whatever a stale file says. */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const lines = (await readFile(pidFile(data), 'utf8').catch(() => '')).split('\n')
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10))
  if (!Number.isInteger(pid) || !isAlive(pid) || !(await isServerOf(pid, data))) return null
  return { pid, port: Number.parseInt(lines[3] ?? '', 10) || 0, status: (lines[7] ?? '').trim() }
}

/**
 * Makes a stale file harmless that PostgreSQL itself would stop at: one whose process id went to another program, as
 * after a reboot or in a new container, and one that a crash left empty. Only under the lock, where no server runs.
 */
export async function clearStale(data: string): Promise<void> {
  const text = await readFile(pidFile(data), 'utf8').catch(() => null)
  if (text === null) return
  const [first = '', ...rest] = text.split('\n')
  const pid = Math.abs(Number.parseInt(first, 10))
  if (text.trim() === '') await rm(pidFile(data), { force: true })
  else if (Number.isInteger(pid) && isAlive(pid))
    await writeFile(pidFile(data), [String(NO_PROCESS), ...rest].join('\n'))
}

function pidFile(data: string): string {
  return join(data, 'postmaster.pid')
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A PostgreSQL works in its data folder. A zombie works nowhere. Without /proc the name of the program must do. */
async function isServerOf(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const [cwd, own] = await Promise.all([readlink(`/proc/${pid}/cwd`).catch(() => null), realpath(data)])
    return cwd === own
  }
  if (process.platform === 'win32') return true
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  return /postgres/.test(stdout)
}

/** Waits until the server has gone. PostgreSQL removes the file as its last act; a killed one leaves it. */
export async function untilGone(data: string, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs
  while ((await findPostmaster(data)) !== null) {
    if (Date.now() > deadline) return false
    await sleep(20)
  }
  return true
}
