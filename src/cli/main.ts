#!/usr/bin/env node
import { processEnv } from '../config.ts'
import { explain } from './exit.ts'
import { createInterrupt } from './interrupt.ts'
import { createIo } from './io.ts'
import { run } from './program.ts'
import { services } from './services.ts'

const io = createIo(process.stdout, process.stderr)

// A failure that no code awaits still ends with a sentence and the right exit code.
process.on('uncaughtException', (error) => {
  const { message, code } = explain(error, false)
  io.err(`rollcall: ${message}`)
  process.exit(code)
})

using interrupt = createInterrupt(process, (line) => io.err(line))
process.exitCode = await run(process.argv.slice(2), {
  io,
  services,
  signal: interrupt.signal,
  clock: { now: Date.now },
  env: processEnv(),
  cwd: process.cwd(),
})
