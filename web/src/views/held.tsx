import { useState } from 'preact/hooks'
import { ApiError, post, useData } from '../api.ts'
import { nameOf, plural } from '../format.ts'
import { Ago, Badge, Card, Empty, Failed, Waiting } from '../parts/basics.tsx'
import { Icon } from '../parts/icon.tsx'
import { accountHref, groupHref } from '../router.ts'
import type { DecidedAnswer, HeldAnswer } from '../types.ts'

type Item = HeldAnswer['held'][number]
type Said = DecidedAnswer & { readonly group: string }

export function HeldPage() {
  const { data, error, reload } = useData<HeldAnswer>('/api/held', { everyMs: 10_000 })
  const [said, setSaid] = useState<Said | null>(null)
  const decided = (answer: Said): void => {
    setSaid(answer)
    reload()
  }
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Held leaves</h1>
          <p class="lead">
            Where very many seem to leave a group at once, nobody is written off before you have looked.
          </p>
        </div>
      </div>
      <p class={said === null ? 'sr' : 'note'} aria-live="polite">
        {said !== null && (
          <>
            <bdi>{said.group}</bdi>: {said.says}{' '}
            {said.runId !== null && <a href={`/runs/${said.runId}`}>Run {said.runId}</a>}
          </>
        )}
      </p>
      {error !== null && data === null ? (
        <Failed error={error} retry={reload} />
      ) : data === null ? (
        <Card>
          <Waiting />
        </Card>
      ) : data.held.length === 0 ? (
        <Card>
          <Empty icon="check" title="Nothing waits">
            When a guard holds leaves back, they stand here with two buttons.
          </Empty>
        </Card>
      ) : (
        <div class="stack">
          {data.held.map((item) => (
            <HeldCard key={item.id} item={item} canDecide={data.canDecide} onDecided={decided} />
          ))}
        </div>
      )}
    </>
  )
}

function HeldCard({ item, canDecide, onDecided }: { item: Item; canDecide: boolean; onDecided: (said: Said) => void }) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const decide = (verb: 'approve' | 'reject'): void => {
    setBusy(true)
    setFailure(null)
    post<DecidedAnswer>(`/api/held/${encodeURIComponent(item.id)}/${verb}`, {})
      .then((answer) => onDecided({ says: 'Done.', runId: null, ...answer, group: name }))
      .catch((error: unknown) => setFailure(error instanceof ApiError ? error.message : 'This did not work.'))
      .finally(() => setBusy(false))
  }
  const name = nameOf(item.groupName, item.groupId)
  const share = item.of === 0 ? 0 : Math.round((item.count / item.of) * 100)
  return (
    <Card label={`Held leaves of ${name}`}>
      <div class="held">
        <div>
          <h2>
            <a href={groupHref(item.source, item.groupId)}>
              <bdi>{name}</bdi>
            </a>{' '}
            <Badge tone="warn" dot>
              {item.kind === 'dissolved' ? 'would be dissolved' : `${share} % would leave`}
            </Badge>
          </h2>
          <p class="muted">
            {item.source} · <code>{item.groupId}</code> · since <Ago at={item.since} />
          </p>
          <p>{item.reason}.</p>
          <details>
            <summary>Who: {plural(item.accounts.length, 'account')}</summary>
            <p class="accounts">
              {item.accounts.map((account) => (
                <a key={account} href={accountHref(item.source, account)}>
                  <bdi>{account}</bdi>
                </a>
              ))}
            </p>
          </details>
          {failure !== null && (
            <p class="bad" role="alert">
              {failure}
            </p>
          )}
        </div>
        {canDecide && (
          <div class="held-buttons">
            <button type="button" class="primary" disabled={busy} aria-busy={busy} onClick={() => decide('approve')}>
              <Icon name="check" /> Approve
            </button>
            <button type="button" disabled={busy} onClick={() => decide('reject')}>
              <Icon name="close" /> Reject
            </button>
            <small class="muted">Approving reads the group again first.</small>
          </div>
        )}
      </div>
    </Card>
  )
}
