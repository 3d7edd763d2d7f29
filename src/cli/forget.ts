import type { Command } from 'commander'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import type { ForgetAnswer } from './forget-types.ts'
import { count } from './format.ts'
import { filled } from './options.ts'
import { jsonTime } from './types.ts'

interface Flags extends ConfigFlag {
  readonly account: string
  readonly source?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

export function registerForget(program: Command, cli: Cli): void {
  const command = program
    .command('forget')
    .description('replace an account by a pseudonym everywhere, for ever: nothing turns it back')
    .requiredOption('--account <id>', 'the account, as the vendor writes it', filled)
    .option('--source <name>', 'only in this source (default: in each that knows the account)', filled)
    .option('--dry-run', 'say what would be replaced, and replace nothing')
    .option('--json', 'a JSON array with one object a source')
    .addHelpText(
      'after',
      '\nThe pseudonym is a hash made with ROLLCALL_PSEUDONYM_KEY: later syncs need the same key, and use the pseudonym\nwhen the vendor names the account again. Counts and stays remain; name cards and custom fields of the account go.\nIf it breaks off, the same command ends it. What it does not reach: backups, logs, exported files.\n\nExit codes: 0 forgotten, 2 bad usage, or no source knows the account.\n\nExamples:\n  rollcall forget --account leckie --dry-run\n  rollcall forget --account leckie\n  rollcall forget --account leckie --source acme-tencent --json',
    )
  withConfig(command).action(async (flags: Flags) => {
    const config = configFor(cli, flags, 'ifPresent')
    const ask = { account: flags.account, source: flags.source ?? null, dryRun: flags.dryRun === true }
    const answers = await cli.services.forget(config, ask, cli.life)
    cli.life.progress.stop()
    await cli.io.out(
      flags.json === true
        ? `${JSON.stringify(answers.map(answerJson))}\n`
        : answers.map((answer) => `${renderAnswer(answer, ask.dryRun)}\n`).join(''),
    )
  })
}

function answerJson({ forgottenAt, ...rest }: ForgetAnswer): unknown {
  return { ...rest, forgottenAt: jsonTime(forgottenAt) }
}

const KINDS: readonly (readonly [keyof ForgetAnswer['replaced'], string])[] = [
  ['members', 'current memberships'],
  ['stays', 'ended stays'],
  ['changes', 'changes'],
  ['groups', 'groups owned'],
  ['groupChanges', 'changes of groups'],
  ['held', 'held leaves'],
  ['quarantine', 'records kept aside'],
  ['waiting', 'things waiting'],
  ['sentences', 'sentences'],
]

function renderAnswer({ source, pseudonym, before, replaced }: ForgetAnswer, dryRun: boolean): string {
  const found = KINDS.flatMap(([kind, says]) => (replaced[kind] > 0 ? [`${says} ${count(replaced[kind])}`] : []))
  const what = found.length === 0 ? 'nothing of it is there' : found.join(', ')
  if (dryRun) return `${source}  would become ${pseudonym}: ${what}. Nothing was changed.`
  return `${source}  ${before ? 'was forgotten already' : 'forgotten'}; its pseudonym is ${pseudonym}. Replaced: ${what}.`
}
