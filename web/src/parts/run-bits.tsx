import { change, count } from '../format.ts'
import type { RunView } from '../types.ts'
import { Badge, type Tone } from './basics.tsx'

const TONES: Readonly<Record<string, Tone>> = {
  complete: 'good',
  partial: 'warn',
  failed: 'bad',
  forbidden: 'bad',
  gone: 'plain',
  unlistable: 'plain',
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

/** Joins and leaves of a run. */
export const Moves = ({ joined, left }: { joined: number; left: number }) => (
  <span class="moves">
    <span class={joined > 0 ? 'good' : 'muted'}>{joined > 0 ? change(joined) : '+0'}</span>{' '}
    <span class={left > 0 ? 'bad' : 'muted'}>{left > 0 ? change(-left) : '−0'}</span>
  </span>
)

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
