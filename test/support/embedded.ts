import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { findPostmaster } from '../../src/store/embedded/postmaster.ts'

const CHILD = fileURLToPath(new URL('embedded-child.ts', import.meta.url))
const TSX = import.meta.resolve('tsx')

export interface Program {
  readonly child: ChildProcess
  readonly url: string
  /** Ends it in order and waits. */
  end(): Promise<void>
  kill(): Promise<void>
}

/** Another process that starts or attaches. Rejects with what it reports where it cannot. */
export async function program(dataDir: string, options: SpawnOptions = {}): Promise<Program> {
  const child = spawn(process.execPath, ['--import', TSX, CHILD, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...options,
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const line = await new Promise<string>((resolve) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text)
    })
    child.once('close', () => resolve(text))
  })
  const said = JSON.parse(line === '' ? '{"error":"died"}' : line) as { url: string } | { error: string }
  if ('error' in said) throw new Error(said.error)
  return {
    child,
    url: said.url,
    end: () => (child.stdin?.end(), gone),
    kill: () => (child.kill('SIGKILL'), gone),
  }
}

/** A folder for one test, and its server stopped and removed afterwards whatever happened. */
export function scratch(parent: string = tmpdir()): { dir: string; data: string } & AsyncDisposable {
  const dir = mkdtempSync(join(parent, 'rollcall-embedded-'))
  const data = join(dir, 'postgres', 'data')
  return {
    dir,
    data,
    async [Symbol.asyncDispose]() {
      await until(async () => {
        const server = await findPostmaster(data).catch(() => null)
        if (server !== null) process.kill(server.pid, 'SIGQUIT')
        return server === null
      })
      await until(() => supervisorsOf(dir).length === 0)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

export async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

export async function until(met: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${String(met)}`)
    await sleep(50)
  }
}

/** The process ids of the supervisors of a folder (Linux). */
export function supervisorsOf(dir: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .map(Number)
    .filter(
      (pid) => Number.isInteger(pid) && commandLine(pid).includes('supervisor.mjs') && commandLine(pid).includes(dir),
    )
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
