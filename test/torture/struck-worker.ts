// A worker of the queue that is struck at a named point: its setting, the point and the blow are its arguments. At the
// point it kills itself, or stands still until whoever started it has done what is to be done, and goes on.
import { readSync, writeSync } from 'node:fs'
import { Worker } from 'bullmq'
import pg from 'pg'
import type { JobKind } from '../../src/queue/types.ts'
import type { SyncSource } from '../../src/sync/types.ts'
import { openProcess, type Setting } from '../queue/bench.ts'
import { passing } from './points.ts'

const [, , text = '{}', point = '', how = ''] = process.argv
const setting = JSON.parse(text) as Setting
const times = new Map<string, number>()

function pass(name: string): void {
  if (name.startsWith('job:watch') || name.startsWith('ack:watch')) return
  const count = (times.get(name) ?? 0) + 1
  times.set(name, count)
  const at = count === 1 ? name : `${name}#${count}`
  if (how === 'look') writeSync(1, `${at}\n`)
  if (at !== point) return
  if (how === 'kill') process.kill(process.pid, 'SIGKILL')
  writeSync(1, 'struck\n')
  readSync(0, Buffer.alloc(1))
}

// Statements of the roll; the queue's own are passed between the points of its jobs.
const plain = pg.Client.prototype.query as unknown as (this: pg.Client, ...args: unknown[]) => unknown
Object.assign(pg.Client.prototype, {
  query(this: pg.Client & { connectionParameters?: { application_name?: string } }, ...args: unknown[]) {
    const query = plain.bind(this)
    const ours = this.connectionParameters?.application_name === 'rollcall'
    return (ours ? passing(query, pass) : query)(...args)
  },
})
// A job's end is known to the queue when its worker says so.
const emit = Worker.prototype.emit as (this: Worker, event: string, ...args: unknown[]) => boolean
Object.assign(Worker.prototype, {
  emit(this: Worker, event: string, ...args: unknown[]) {
    if (event === 'completed') pass(`ack:${(args[0] as { name: string }).name}:after`)
    return emit.call(this, event, ...args)
  },
})

/** Points around every call of the vendor. */
function source(opened: SyncSource & AsyncDisposable): SyncSource & AsyncDisposable {
  const vendor = new Proxy(opened.vendor, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      // The two that only reckon send nothing.
      if (typeof value !== 'function' || key === 'walkPlan' || key === 'pack') return value
      return (...args: unknown[]): unknown => {
        pass(`call:${String(key)}:before`)
        const answer: unknown = Reflect.apply(value, target, args)
        if (!(answer instanceof Promise)) return answer
        return answer.then((said: unknown) => (pass(`call:${String(key)}:after`), said))
      }
    },
  })
  return new Proxy(opened, {
    get: (target, key) => {
      const value: unknown = key === 'vendor' ? vendor : Reflect.get(target, key)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

/** `ack:…:before`: the work is done, and the queue does not know. */
const job = (kind: JobKind): JobKind => ({
  ...kind,
  async run(payload, work) {
    pass(`job:${kind.name}:before`)
    await kind.run(payload, work)
    pass(`ack:${kind.name}:before`)
  },
})

await using opened = await openProcess(setting, { source, job })
const worker = await opened.service.work({ concurrency: 1, watchEveryMs: 2_000, graceMs: 3_000 })
// Whoever started it is gone: so is the need for it.
const starter = process.ppid
setInterval(() => process.ppid !== starter && process.exit(1), 1000).unref()
writeSync(1, 'ready\n')
await new Promise((resolve) => process.once('SIGTERM', resolve))
await worker.stop()
