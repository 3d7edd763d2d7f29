import { spawn } from 'node:child_process'
import type { Account } from './account.ts'

/** What every program of PostgreSQL gets instead of our environment, where a PGDATA or PGPORT could lead it astray. */
export const CLEAN_ENV = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' }

export interface Finished {
  readonly code: number | null
  /** stdout and stderr as they came. */
  readonly output: string
}

/** Runs a program to its end. Rejects where it cannot be started, or on the signal once all of it is gone. */
export function run(
  file: string,
  args: readonly string[],
  { cwd, account, signal }: { cwd: string; account: Account | null; signal?: AbortSignal | undefined },
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    // A group of its own, because initdb has children of its own.
    const detached = process.platform !== 'win32'
    const child = spawn(file, args, { cwd, env: CLEAN_ENV, stdio: ['ignore', 'pipe', 'pipe'], detached, ...account })
    let output = ''
    const take = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const kill = () => {
      if (detached && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      else child.kill('SIGKILL')
    }
    signal?.addEventListener('abort', kill, { once: true })
    if (signal?.aborted) kill()
    child.once('error', reject)
    child.once('close', (code) => {
      signal?.removeEventListener('abort', kill)
      if (signal?.aborted) reject(signal.reason as Error)
      else resolve({ code, output })
    })
  })
}
