import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { realClock } from '../../src/simulator/clock.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { TencentApp } from '../../src/simulator/tencent/index.ts'
import { createWorld } from '../../src/simulator/world.ts'

/** The compiled program as its users run it; `npm run build` comes first. */
const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
export const KEY = 'f3a9c1b77d204e5db6a8c1b77d204e5d'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly pid: number
  kill(signal: NodeJS.Signals): void
  /** Rejects when the text has not been said by the end. */
  said(text: string | RegExp): Promise<string>
  readonly ended: Promise<Ended>
}

/** A folder, a sources file and an environment of their own; removed afterwards. */
export function home(env: Readonly<Record<string, string>> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'rollcall-e2e-'))
  const environment = { PATH: process.env['PATH'] ?? '', HOME: dir, ...env }
  function start(...args: string[]): Running {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build`)
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: dir,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const texts = { out: '', err: '' }
    const listeners = new Set<() => void>()
    child.stdout.on('data', (chunk: Buffer) => {
      texts.out += chunk.toString()
      for (const listener of listeners) listener()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      texts.err += chunk.toString()
      for (const listener of listeners) listener()
    })
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal, ...texts }))
    })
    return {
      pid: child.pid ?? 0,
      kill: (signal) => void child.kill(signal),
      ended,
      said: (text) =>
        new Promise((resolve, reject) => {
          const look = () => {
            const all = `${texts.out}${texts.err}`
            if (typeof text === 'string' ? all.includes(text) : text.test(all)) resolve(all)
          }
          listeners.add(look)
          look()
          void ended.then(() => reject(new Error(`ended without saying ${String(text)}: ${texts.out}${texts.err}`)))
        }),
    }
  }
  return {
    dir,
    start,
    run: (...args: string[]): Promise<Ended> => start(...args).ended,
    write: (name: string, text: string) => writeFileSync(join(dir, name), text),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/** A simulated app of which a sources file can be written. */
export async function vendorApp(more: Partial<TencentApp> = {}) {
  const world = createWorld(realClock)
  const app: TencentApp = {
    vendor: 'tencent',
    name: 'acme',
    sdkAppId: 1400000001,
    secretKey: KEY,
    admins: ['administrator'],
    world,
    quirks: {},
    limits: 'off',
    ...more,
  }
  const sim = await startSimulator({ apps: [app] })
  return {
    app,
    sim,
    world,
    fill(groupId: string, size: number, type = 'Public') {
      world.createGroup({ groupId, type, name: `group ${groupId}` })
      for (let n = 0; n < size; n++) world.join(groupId, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
    },
    yaml: (lines: Readonly<Record<string, string>> = {}) => sourceYaml(sim.url, lines),
    [Symbol.asyncDispose]: () => sim.close(),
  }
}

/** One source as YAML; `lines` replace its keys, an empty text leaves one out. */
export function sourceYaml(baseUrl: string, lines: Readonly<Record<string, string>> = {}): string {
  const keys = {
    vendor: 'tencent',
    baseUrl,
    sdkAppId: '1400000001',
    identifier: 'administrator',
    secretKey: '${TENCENT_SECRET_KEY}',
    discover: '{ allGroups: true }',
    limits:
      '{ getAppidGroupList: 1000, getJoinedGroupList: 9000, getGroupInfo: 9000, getGroupMemberInfo: 9000, getRoleInGroup: 9000 }',
    ...lines,
  }
  const written = Object.entries(keys).flatMap(([key, value]) =>
    value === '' || key === 'name' ? [] : [`    ${key}: ${value}\n`],
  )
  return `  - name: ${lines['name'] ?? 'acme'}\n${written.join('')}`
}

/** Processes whose command line names a folder (Linux). */
export function processesOf(dir: string): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') : ''
      return line.includes(dir) ? [`${pid} ${line}`] : []
    } catch {
      return []
    }
  })
}
