import type { Command } from 'commander'
import type { Json, JsonObject, Millis } from '../core/member.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { clean, duration, localTime } from './format.ts'
import { assertKnown, filled } from './options.ts'
import { TIME_HELP, parseStretch } from './time.ts'
import { jsonTime } from './types.ts'
import type { Change } from './types.ts'

interface Flags extends ConfigFlag {
  readonly source?: string
  readonly group?: string
  readonly account?: string
  readonly since?: string
  readonly until?: string
  readonly json?: boolean
}

export function registerChanges(program: Command, cli: Cli): void {
  const command = program
    .command('changes')
    .description('who joined, left or changed, and what became of groups; oldest first')
    .option('--source <name>', 'only this source', filled)
    .option('--group <id>', 'only this group', filled)
    .option('--account <id>', 'only this account', filled)
    .option('--since <time>', 'from this moment on', filled)
    .option('--until <time>', 'before this moment', filled)
    .option('--json', 'one JSON object a line (NDJSON)')
    .addHelpText(
      'after',
      `\n${TIME_HELP}\n\nExamples:\n  rollcall changes --since 2d\n  rollcall changes --source acme-tencent --group '@TGS#2J4SZEAEL' --since 2024-05-01 --until 2024-06-01\n  rollcall changes --account leckie --json | jq -r 'select(.kind == "left") | .groupId'`,
    )
  withConfig(command).action(async (flags: Flags) => {
    const { since, until } = parseStretch(flags.since, flags.until, cli.clock.now())
    const config = configFor(cli, flags, 'ifPresent')
    if (flags.source !== undefined) {
      const known = [...config.sources.map((source) => source.name), ...(await cli.services.knownSources(config))]
      assertKnown([flags.source], known, 'the configuration or the database')
    }
    const ask = {
      source: flags.source ?? null,
      groupId: flags.group ?? null,
      accountId: flags.account ?? null,
      since,
      until,
    }
    for (const { source, from } of await cli.services.keptFrom(config, ask.source))
      if ((since ?? 0) < from)
        cli.io.err(
          `${source}: the history is kept from ${localTime(from)} on (retain.history); of what lies before, only changes of later stays are left.`,
        )
    let shown = 0
    for await (const change of cli.services.changes(config, ask)) {
      shown += 1
      const line = flags.json === true ? JSON.stringify(changeJson(change)) : renderChange(change)
      if (!(await cli.io.out(`${line}\n`)) || cli.life.signal.aborted) return
    }
    if (shown === 0) cli.io.err('No change matches. "rollcall status" shows when each source was last read.')
  })
}

/** A change as `changes --json` and `sync --dry-run --json` write it. */
export function changeJson(change: Change): { readonly [key: string]: Json } {
  const { id, source, groupId, accountId, kind, runId } = change
  const times = { at: jsonTime(change.at), notBefore: jsonTime(change.notBefore), notAfter: jsonTime(change.notAfter) }
  const shown = { id, source, groupId, accountId, kind, ...times, old: change.old, new: change.new, runId }
  return change.imported === true ? { ...shown, imported: true } : shown
}

/** `2024-05-01 10:00:00  acme-tencent  @TGS#1  leckie joined as admin (within the 6 h before)`. */
export function renderChange(change: Change): string {
  const where = `${clean(change.source)}  ${clean(change.groupId)}`
  return `${localTime(change.at)}  ${where}  ${sentence(change)}${uncertainty(change)}${change.imported === true ? ' [imported, not proven]' : ''}`
}

/** When the moment is not known exactly, how far back it may lie. */
function uncertainty(change: Change): string {
  if (change.notBefore === null) return ''
  const span: Millis = change.at - change.notBefore
  return span >= 1000 ? ` (within the ${duration(span)} before)` : ''
}

function sentence(change: Change): string {
  const { old, new: now } = change
  const who = clean(change.accountId ?? '')
  const step = (key: string): string => `${show(old?.[key])} → ${show(now?.[key])}`
  switch (change.kind) {
    case 'joined':
      return `${who} joined as ${word(now?.role, 'member')}`
    case 'left':
      return `${who} left (was ${word(old?.role, 'member')})`
    case 'role':
      return `${who} role ${word(old?.role, '?')} → ${word(now?.role, '?')}`
    case 'name_card':
      return `${who} name card ${step('name_card')}`
    case 'muted':
      return `${who} ${muted(now?.muted_until)}`
    case 'attributes':
      return `${who} ${differences(attributes(old), attributes(now))}`
    case 'created':
      return `group created${now?.name === undefined ? '' : `: ${show(now.name)}`}`
    case 'renamed':
      return `group renamed ${step('name')}`
    case 'owner':
      return `group owner ${step('owner_id')}`
    case 'updated':
      return `group ${differences(old, now)}`
    case 'dissolved':
      return 'group dissolved'
    case 'reappeared':
      return 'group reappeared'
  }
}

const word = (value: Json | undefined, otherwise: string): string =>
  typeof value === 'string' ? clean(value) : otherwise
const show = (value: Json | undefined): string =>
  value === undefined || value === null
    ? 'none'
    : clean(typeof value === 'string' ? `"${value}"` : JSON.stringify(value))

function muted(until: Json | undefined): string {
  if (typeof until !== 'string' && typeof until !== 'number') return 'unmuted'
  if (until === 'infinity') return 'muted for ever'
  return `muted until ${localTime(new Date(until).getTime())}`
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const attributes = (change: JsonObject | null): JsonObject => (isObject(change?.attributes) ? change.attributes : {})

function differences(old: JsonObject | null, now: JsonObject | null): string {
  const keys = [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])]
  const changed = keys.filter((key) => JSON.stringify(old?.[key]) !== JSON.stringify(now?.[key]))
  const parts = changed.map((key) => `${clean(key)} ${show(old?.[key])} → ${show(now?.[key])}`)
  return parts.length === 0 ? 'changed' : `changed: ${parts.join(', ')}`
}
