import { change, count } from '../format.ts'
import { href } from '../router.ts'
import type { RunView } from '../types.ts'
import { Badge, type Tone } from './basics.tsx'

const TONES: Readonly<Record<string, Tone>> = {
  complete: 'good',
  partial: 'warn',
  failed: 'bad',
  forbidden: 'bad',
  gone: 'plain',
  unlistable: 'plain',
  unwalked: 'plain',
}

export const Verdict = ({ of }: { of: string | null }) =>
  of === null ? (
    <Badge tone="accent" dot>
      <span class="pulse">running</span>
    </Badge>
  ) : (
    <Badge tone={TONES[of] ?? 'plain'} dot>
      {of}
    </Badge>
  )

/** Joins and leaves of a run, each with the way to them. */
export const Moves = ({ of: { id, members } }: { of: RunView }) => (
  <span class="moves">
    {members.joined > 0 ? (
      <a class="good" href={foundBy(id, 'joined')}>
        {change(members.joined)}
      </a>
    ) : (
      <span class="muted">+0</span>
    )}{' '}
    {members.left > 0 ? (
      <a class="bad" href={foundBy(id, 'left')}>
        {change(-members.left)}
      </a>
    ) : (
      <span class="muted">−0</span>
    )}
  </span>
)

/** The changes of some kinds that a run found. */
export const foundBy = (run: number, kind: string): string => href('/changes', { run, kind })

/** How far a run is, while it lasts. */
export function RunProgress({ run }: { run: RunView }) {
  if (run.finishedAt !== null) return null
  const { live } = run
  if (live === null) return <span class="muted">under way …</span>
  const share = live.groups === 0 ? 0 : live.done / live.groups
  return (
    <span class="progress-line">
      <progress value={share} max={1} aria-label="Groups read" /> {count(live.done)} of {count(live.groups)} groups
    </span>
  )
}
