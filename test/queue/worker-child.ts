// A worker as a process of its own, for tests: its setting is the first argument. Says "ready" when it works.
import { openProcess, type Setting } from './bench.ts'

const [, , text = '{}', concurrency = '4'] = process.argv
const setting = JSON.parse(text) as Setting
await using opened = await openProcess(setting)
const worker = await opened.service.work({ concurrency: Number(concurrency), watchEveryMs: 2_000, graceMs: 3_000 })
process.stdout.write('ready\n')
// Whoever started it is gone: so is the need for it.
process.stdin.once('end', () => process.exit(1)).resume()
process.stdin.unref() // it alone keeps nothing alive
await new Promise((resolve) => process.once('SIGTERM', resolve))
await worker.stop()
process.stdout.write('stopped\n')
