import { Command, CommanderError } from 'commander'
import { readEnv } from '../config/environment.ts'
import type { Env } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import { registerChanges } from './changes.ts'
import type { Cli, Register } from './cli.ts'
import { registerDemo } from './demo.ts'
import { registerDoctor } from './doctor.ts'
import { registerExport } from './export.ts'
import { EXIT, explain } from './exit.ts'
import { registerExplain } from './explain.ts'
import type { ExitCode } from './exit.ts'
import { registerForget } from './forget.ts'
import type { Io } from './io.ts'
import { registerHeld } from './held.ts'
import { registerImport } from './import.ts'
import { registerMembers } from './members.ts'
import { registerMigrate } from './migrate.ts'
import { createProgress } from './progress.ts'
import { registerReport } from './report.ts'
import { registerRetain } from './retain.ts'
import { registerResync } from './resync.ts'
import { registerSchedule } from './schedule.ts'
import { registerSimulate } from './simulate.ts'
import { registerStatus } from './status.ts'
import { registerSync } from './sync.ts'
import { registerUp } from './up.ts'
import type { Life, Services } from './types.ts'
import { readVersion } from './version.ts'
import { registerWorker } from './worker.ts'

/** In the order in which a newcomer needs them. */
const VERBS: readonly Register[] = [
  registerDemo,
  registerDoctor,
  registerMigrate,
  registerSync,
  registerUp,
  registerWorker,
  registerResync,
  registerSchedule,
  registerStatus,
  registerMembers,
  registerChanges,
  registerExplain,
  registerHeld,
  registerForget,
  registerReport,
  registerRetain,
  registerExport,
  registerImport,
  registerSimulate,
]

export interface RunOptions {
  readonly io: Io
  readonly signal: AbortSignal
  readonly services: Services
  readonly clock: Clock
  readonly env: Env
  readonly cwd: string
}

/** Runs one command line and returns its exit code. Whatever goes wrong has been told by then. */
export async function run(argv: readonly string[], options: RunOptions): Promise<ExitCode> {
  const { io, signal } = options
  let code: ExitCode = EXIT.complete
  const life = createLife(options)
  const cli: Cli = {
    ...options,
    life,
    finish(verdict) {
      code = verdict
    },
  }
  try {
    await createProgram(cli).parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    life.progress.stop()
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.complete : EXIT.usage
    if (signal.aborted && (error === signal.reason || isAbort(error))) {
      io.err('Stopped. Whatever was read completely before is kept; nothing is half-written.')
      return EXIT.interrupted
    }
    const debug = ['debug', 'trace'].includes(readEnv(options.env).logLevel ?? '')
    const { message, code: failure } = explain(error, debug)
    io.err(`rollcall: ${message}`)
    return failure
  } finally {
    life.progress.stop()
  }
}

function createProgram(cli: Cli): Command {
  const program = new Command('rollcall')
    .description('An exact, provable history of who is in which IM group, kept in PostgreSQL.')
    .version(readVersion(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void cli.io.out(text),
      writeErr: (text) => cli.io.err(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, 'rollcall: ')),
    })
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText(
      'after',
      '\nrollcall VERB --help explains a verb, with examples. To begin without any account: rollcall demo',
    )
  for (const register of VERBS) register(program, cli)
  return program
}

/** Progress and notes of a long verb; what they say is scrubbed like every line for people. */
function createLife({ io, signal, clock }: RunOptions): Life {
  const progress = createProgress(io.stderr, { clock })
  return {
    signal,
    progress: {
      update: (source, snapshot) => progress.update(source, snapshot),
      done: (source, summary, verdict) => progress.done(source, io.scrub(summary), verdict),
      note: (sentence) => progress.note(io.scrub(sentence)),
      stop: () => progress.stop(),
    },
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'
