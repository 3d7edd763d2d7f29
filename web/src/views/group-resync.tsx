import { useState } from 'preact/hooks'
import { ApiError, post, useEvents } from '../api.ts'
import { plural } from '../format.ts'
import { Icon } from '../parts/icon.tsx'
import type { ResyncView } from '../types.ts'

/** Reads one group again, with live progress. */
export function Resync({ source, groupId, onDone }: { source: string; groupId: string; onDone: () => void }) {
  const [state, setState] = useState<ResyncView | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const going = state !== null && (state.state === 'waiting' || state.state === 'running')
  useEvents<ResyncView>(going ? `/api/resync/${state.id}/events` : null, (seen) => {
    setState(seen)
    if (seen.state === 'done' || seen.state === 'failed') onDone()
  })
  const start = (): void => {
    setFailure(null)
    post<ResyncView>('/api/resync', { source, groups: [groupId] }).then(setState, (error: unknown) =>
      setFailure(error instanceof ApiError ? error.message : 'The read could not be asked for.'),
    )
  }
  return (
    <div class="resync">
      <p aria-live="polite" class={failure !== null || state?.state === 'failed' ? 'bad' : 'muted'}>
        {failure ?? (state === null ? '' : says(state))}
      </p>
      <button type="button" class="primary" onClick={start} disabled={going} aria-busy={going}>
        <span class={going ? 'spin' : ''}>
          <Icon name="runs" />
        </span>{' '}
        {going ? 'Reading …' : 'Read again'}
      </button>
    </div>
  )
}

function says(state: ResyncView): string {
  switch (state.state) {
    case 'waiting':
      return 'Waiting for its turn …'
    case 'running':
      return `${plural(state.members, 'member')} so far, ${plural(state.calls, 'call')}`
    case 'done':
      return `Read: ${state.note ?? 'done'}`
    case 'failed':
      return state.note ?? 'The read failed.'
  }
}
