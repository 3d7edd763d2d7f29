import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { UsageError } from '../core/errors.ts'
import type { Cli } from './cli.ts'
import { untilStopped } from './interrupt.ts'
import { filled, port, whole } from './options.ts'
import type { SimulateAsk } from './types.ts'

type Fault = SimulateAsk['faults'][number]
interface Flags {
  readonly port: number
  readonly world?: string
  readonly seed?: number
  readonly groups?: number
  readonly accounts?: number
  readonly churn: number
  readonly fault?: readonly Fault[]
}

export function registerSimulate(program: Command, cli: Cli): void {
  program
    .command('simulate')
    .description('the vendor simulator, for tests of your own; runs until Ctrl-C')
    .option('--port <number>', 'the port to serve on; 0 for any free one', port, 0)
    .option('--world <file>', 'play this timeline (JSON lines, may be gzipped)', filled)
    .option('--seed <number>', 'make up a world from this seed (default: 1)', whole(0, 2 ** 32 - 1))
    .option('--groups <number>', 'groups of the made-up world (default: 300)', whole(1, 1_000_000))
    .option('--accounts <number>', 'people of the made-up world (default: 3000)', whole(1, 10_000_000))
    .option('--churn <number>', 'changes of the world a second', changesPerSecond, 0)
    .option('--fault <name=rate>', 'answer with this fault at a rate from 0 to 1; may be repeated', faultRule)
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall simulate --port 4010 --groups 500 --accounts 20000 --churn 5\n  rollcall simulate --fault 10002=0.01 --fault http502=0.05\n  rollcall simulate --world timeline.jsonl.gz',
    )
    .action(async (flags: Flags) => {
      await using simulator = await cli.services.simulate(askOf(flags), cli.life)
      cli.io.err(`The simulator serves ${simulator.says} at ${simulator.url}. Ctrl-C ends it. A sources file for it:`)
      await cli.io.out(`${simulator.sourcesYaml.trimEnd()}\n`)
      await untilStopped(cli.life.signal)
    })
}

function askOf(flags: Flags): SimulateAsk {
  const { port: at, churn, fault: faults = [] } = flags
  if (flags.world !== undefined) {
    const clash = (['seed', 'groups', 'accounts'] as const).find((name) => flags[name] !== undefined)
    if (clash !== undefined)
      throw new UsageError(`--${clash} makes up a world, --world plays one from a file: leave one out`)
    return { port: at, world: { kind: 'file', path: flags.world }, churn, faults }
  }
  const world = {
    kind: 'seed',
    seed: flags.seed ?? 1,
    groups: flags.groups ?? 300,
    accounts: flags.accounts ?? 3000,
  } as const
  return { port: at, world, churn, faults }
}

function changesPerSecond(value: string): number {
  const number = Number(value)
  if (/^\d+(\.\d+)?$/.test(value) && number <= 10_000) return number
  throw new InvalidArgumentError('It must be a number from 0 to 10000.')
}

function faultRule(value: string, before: readonly Fault[] = []): readonly Fault[] {
  const [, name, written = ''] = /^([\w.-]+)=(.+)$/.exec(value) ?? []
  const rate = Number(written)
  if (name !== undefined && /^\d*\.?\d+$/.test(written) && rate <= 1) return [...before, { name, rate }]
  throw new InvalidArgumentError('It must be a name and a rate from 0 to 1, such as http502=0.05.')
}
