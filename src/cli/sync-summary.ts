import { clean, count, counted, duration } from './format.ts'
import type { RunCounts, SyncResult } from './types.ts'

/** What a sync of one source came to, for people: the verdict, the roll, the calls, and what could not be read. */
export function renderSyncSummary(result: SyncResult): string {
  if (result.error !== null && result.groups.seen === 0)
    return `${result.source}  ${result.verdict}: ${clean(result.error)}`
  const { groups, members } = result
  const states = (['complete', 'partial', 'gone', 'failed'] as const).filter((state) => groups[state] > 0)
  const split = states.map((state) => `${count(groups[state])} ${state}`)
  if (groups.unchanged > 0) split.push(`${count(groups.unchanged)} unchanged`)
  const moved = [`${count(members.joined)} joined`, `${count(members.left)} left`, `${count(members.changed)} changed`]
  if (members.held > 0) moved.push(`${counted(members.held, 'leave')} held back`)
  const lines = [
    `${result.source}  ${result.verdict} in ${duration(result.durationMs)}${result.interrupted ? ', stopped early' : ''}`,
    `  groups   ${count(groups.seen)}${split.length === 0 ? '' : `: ${split.join(', ')}`}`,
    `  members  ${count(members.read)} read: ${moved.join(', ')}`,
    ...(groups.unwalked === 0
      ? []
      : [
          `  unwalked ${counted(groups.unwalked, 'group')}: nothing in the details has changed since the last full read (sync.fullEvery)`,
        ]),
    `  calls    ${callsLine(result)}`,
    ...(result.error === null ? [] : [`  error    ${clean(result.error)}`]),
    ...problems(result.problems),
    ...(groups.seen === 0 && result.error === null ? ['  No group was found: check "discover" of this source.'] : []),
  ]
  return lines.join('\n')
}

/** `456: getGroupInfo 12, getGroupMemberInfo 444; refused as too fast 3 times`. */
export function callsLine(run: RunCounts): string {
  const spent = Object.entries(run.calls).filter(([, calls]) => calls > 0)
  const total = spent.reduce((sum, [, calls]) => sum + calls, 0)
  const each = spent.map(([endpoint, calls]) => `${endpoint} ${count(calls)}`).join(', ')
  const refused = run.rateLimited === 0 ? '' : `; refused as too fast ${counted(run.rateLimited, 'time')}`
  return `${counted(total, 'call')}${each === '' ? '' : `: ${each}`}${refused}`
}

const SHOWN = 10

function problems(sentences: readonly string[]): string[] {
  const shown = sentences.slice(0, SHOWN).map((sentence) => `  ! ${clean(sentence)}`)
  const more = sentences.length - SHOWN
  return more > 0 ? [...shown, `  ! and ${count(more)} more; the view group_reads has them all`] : shown
}
