import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../core/errors.ts'
import type { Millis } from '../core/member.ts'
import type { HeldCase } from '../store/held.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { exitOfSync } from './exit.ts'
import { clean, count, counted, table, timeAgo } from './format.ts'
import { assertKnown, filled } from './options.ts'
import { renderSyncSummary } from './sync-summary.ts'
import { jsonTime } from './types.ts'

interface ListFlags extends ConfigFlag {
  readonly source?: string
  readonly all?: boolean
  readonly json?: boolean
}

export function registerHeld(program: Command, cli: Cli): void {
  const held = program
    .command('held')
    .description('leaves that the guard holds back: too many at once to believe unasked')
  registerList(held, cli)
  registerApprove(held, cli)
  registerReject(held, cli)
}

function registerList(held: Command, cli: Cli): void {
  const command = held
    .command('list')
    .description('what waits for a decision')
    .option('--source <name>', 'only of this source', filled)
    .option('--all', 'the rejected ones as well')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      "\nExamples:\n  rollcall held list\n  rollcall held list --json | jq '{id, groupId, count, of}'",
    )
  withConfig(command).action(async (flags: ListFlags) => {
    const config = configFor(cli, flags, 'ifPresent')
    if (flags.source !== undefined) {
      const known = [...config.sources.map(({ name }) => name), ...(await cli.services.knownSources(config))]
      assertKnown([flags.source], known, 'the configuration or the database')
    }
    const ask = { source: flags.source ?? null, rejected: flags.all === true }
    const cases = await cli.services.held.list(config, ask)
    if (flags.json !== true) await cli.io.out(renderHeld(cases, cli.clock.now()))
    else for (const one of cases) if (!(await cli.io.out(`${JSON.stringify(heldJson(one))}\n`))) return
  })
}

function registerApprove(held: Command, cli: Cli): void {
  const command = held
    .command('approve <id>')
    .description('read the group again now, and end the stays that were shown and are still over')
    .option('--json', 'one JSON value, shaped as one of "sync --json"')
    .addHelpText(
      'after',
      '\nNever more than was shown: who left since is held anew.\n\nExit codes: 0 complete, 1 failed, 2 no such id, 3 partial.',
    )
  withConfig(command).action(async (id: string, flags: ConfigFlag & { json?: boolean }) => {
    const config = configFor(cli, flags, 'required')
    const result = await cli.services.held.approve(config, idOf(id), cli.life)
    cli.life.progress.stop()
    if (result === null) throw noSuchCase(id)
    await cli.io.out(`${flags.json === true ? JSON.stringify(result) : renderSyncSummary(result)}\n`)
    cli.finish(exitOfSync([result]))
  })
}

function registerReject(held: Command, cli: Cli): void {
  const command = held
    .command('reject <id>')
    .description('keep these members; the case is shown no more until something else of its group is held')
    .addHelpText(
      'after',
      '\nNothing is written but the decision. Syncs of the source stay partial while the vendor shows the group without these\nmembers; "held list --all" shows what was rejected, and it can still be approved.',
    )
  withConfig(command).action(async (id: string, flags: ConfigFlag) => {
    if (!(await cli.services.held.reject(configFor(cli, flags, 'ifPresent'), idOf(id)))) throw noSuchCase(id)
    cli.io.err(`Rejected: everybody of case ${id} stays on the roll.`)
  })
}

function idOf(text: string): number {
  const id = Number(text)
  if (/^\d{1,9}$/.test(text) && id > 0) return id
  throw new InvalidArgumentError(`"${text}" is no id of a case: see "rollcall held list".`)
}

const noSuchCase = (id: string): UsageError =>
  new UsageError(`Nothing is held under the id ${id} any more; what is: rollcall held list`)

function heldJson({ id, source, groupId, kind, accounts, of, since, reason, rejectedAt }: HeldCase): unknown {
  const shown = { id, source, groupId, kind, count: accounts.length, of, since: jsonTime(since), accounts, reason }
  return rejectedAt === null ? shown : { ...shown, rejectedAt: jsonTime(rejectedAt) }
}

const SHOWN = 5

/** A table with a row a case, and a line or two on what to do. */
export function renderHeld(cases: readonly HeldCase[], now: Millis): string {
  if (cases.length === 0) return 'Nothing is held back.\n'
  const rows = cases.map((one) => [
    String(one.id),
    one.source,
    clean(one.groupId),
    one.kind === 'dissolved' ? 'group dissolved' : 'leaves',
    `${count(one.accounts.length)} of ${count(one.of)}`,
    timeAgo(one.since, now),
    one.rejectedAt === null ? names(one.accounts) : `rejected ${timeAgo(one.rejectedAt, now)}`,
  ])
  const heads = ['id', 'source', 'group', 'what', 'members', 'since', 'who'] as const
  const reasons = cases.map((one) => `${one.id}: ${clean(one.reason)}`)
  const next = `${counted(cases.length, 'case')}. Believe it: rollcall held approve ID. Do not: rollcall held reject ID.`
  return `${[
    table(
      heads.map((head) => ({ head })),
      rows,
    ),
    reasons.join('\n'),
    next,
  ].join('\n\n')}\n`
}

function names(accounts: readonly string[]): string {
  const more = accounts.length - SHOWN
  return `${accounts.slice(0, SHOWN).map(clean).join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`
}
