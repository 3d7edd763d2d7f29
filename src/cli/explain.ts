import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { UsageError } from '../core/errors.ts'
import { type Evidence, proofOf } from '../core/evidence.ts'
import { changeJson, renderChange } from './changes.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { counted, localTime } from './format.ts'
import { jsonTime } from './types.ts'

type Flags = ConfigFlag & { readonly group?: boolean; readonly json?: boolean }

export function registerExplain(program: Command, cli: Cli): void {
  const command = program
    .command('explain')
    .description('how a change is known: its run, the read that saw it, what was proven and how')
    .argument('<id>', 'the id of a change, as "rollcall changes --json" and member_changes show it', changeId)
    .option('--group', 'the id is one of group_changes (a change with accountId null)')
    .option('--json', 'a JSON object')
    .addHelpText('after', '\nExamples:\n  rollcall explain 4711\n  rollcall explain 12 --group --json')
  withConfig(command).action(async (id: string, flags: Flags) => {
    const about = flags.group === true ? 'group' : 'member'
    const evidence = await cli.services.explain(configFor(cli, flags, 'ifPresent'), id, about)
    if (evidence === null) {
      const other =
        about === 'member'
          ? 'For a change of a group itself add --group.'
          : 'For a change of a member leave --group out.'
      throw new UsageError(
        `there is no change of a ${about} with the id ${id}. "rollcall changes --json" shows the ids. ${other}`,
      )
    }
    await cli.io.out(flags.json === true ? `${JSON.stringify(evidenceJson(evidence))}\n` : renderEvidence(evidence))
  })
}

function changeId(value: string): string {
  if (/^[1-9]\d{0,18}$/.test(value)) return value
  throw new InvalidArgumentError('It must be the number of a change.')
}

function evidenceJson(evidence: Evidence): unknown {
  const { change, run, read, before, vendor } = evidence
  return {
    change: changeJson(change),
    vendor,
    run: run && { ...run, startedAt: jsonTime(run.startedAt), finishedAt: jsonTime(run.finishedAt) },
    read: read && { ...read, beganAt: jsonTime(read.beganAt), endedAt: jsonTime(read.endedAt) },
    before,
    proof: proofOf(evidence),
  }
}

/** The change as `changes` shows it, then its run, its read and the proof, a line each. */
export function renderEvidence(evidence: Evidence): string {
  const { change, run, read } = evidence
  const stretch = (from: number, to: number | null) => `${localTime(from)} to ${to === null ? 'now' : localTime(to)}`
  const calls = Object.entries(run?.calls ?? {}).map(([endpoint, n]) => `${endpoint} ${n}`)
  const lines = [
    renderChange(change),
    ...(run === null
      ? []
      : [
          `  run ${run.id}: ${run.trigger}, ${run.verdict ?? 'not ended'}, ${stretch(run.startedAt, run.finishedAt)}`,
          ...(calls.length === 0 ? [] : [`  calls of the run: ${calls.join(', ')}`]),
        ]),
    ...(read === null
      ? []
      : [
          `  read: ${read.outcome}, ${stretch(read.beganAt, read.endedAt)}, ${counted(read.calls, 'call')} for this group alone`,
        ]),
    ...proofOf(evidence).map((sentence) => `  ${sentence}`),
  ]
  return `${lines.join('\n')}\n`
}
