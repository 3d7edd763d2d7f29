import { useEffect, useState } from 'preact/hooks'
import { useData, usePages } from '../api.ts'
import { Card, Empty, Failed, More, Select, Waiting } from '../parts/basics.tsx'
import { Feed, KIND_NAMES } from '../parts/feed.tsx'
import { useLate } from '../parts/late.ts'
import { href, useFilters } from '../router.ts'
import type { ChangesAnswer, ChangeView, SourcesAnswer } from '../types.ts'

const KINDS = Object.entries(KIND_NAMES) as readonly (readonly [ChangeView['kind'], string])[]
const LIVE_MS = 5000

export function ChangesPage() {
  const [read, write] = useFilters()
  const { data: sources } = useData<SourcesAnswer>('/api/sources')
  const wanted = new Set((read('kind') ?? '').split(',').filter((kind) => kind !== ''))
  const [source, group, account] = [read('source'), read('group'), read('account')]
  const [since, until] = [read('since'), read('until')]
  const [joins, run] = [read('joins'), read('run')]
  const url = href('/api/changes', {
    source,
    group: source === null ? null : group,
    account,
    kind: [...wanted].join(','),
    joins,
    run,
    since,
    until,
    limit: 100,
  })
  const live = until === null && run === null
  const list = usePages<ChangesAnswer>(url, { everyMs: live ? LIVE_MS : 0 })
  const changes = unique(list.pages.flatMap((page) => page.changes))
  const toggle = (kind: string): void => {
    const next = new Set(wanted)
    if (!next.delete(kind)) next.add(kind)
    write({ kind: [...next].join(',') })
  }
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Changes</h1>
          <p class="lead">
            {live ? (
              <>
                <i class="live" aria-hidden="true" /> Live: what a run finds appears here.
              </>
            ) : (
              'Newest first.'
            )}
          </p>
        </div>
      </div>
      <div class="filters">
        <Select
          label="Source"
          value={source ?? ''}
          options={[['', 'All sources'], ...(sources?.sources ?? []).map(({ name }) => [name, name] as const)]}
          onPick={(value) => write({ source: value, ...(value === '' ? { group: null } : {}) })}
        />
        <Typed
          label="Group id"
          value={group}
          disabled={source === null}
          hint={source === null ? 'Group id (choose a source)' : 'Group id'}
          onType={(value) => write({ group: value })}
        />
        <Typed label="Account" value={account} hint="Account" onType={(value) => write({ account: value })} />
        <Select
          label="Joins"
          value={joins ?? ''}
          options={[
            ['', 'All joins'],
            ['seen', 'Joins between reads'],
            ['found', 'Joins found by a first read'],
          ]}
          onPick={(value) => write({ joins: value })}
        />
        <Day label="From" value={since} onPick={(value) => write({ since: value })} />
        <Day label="Before" value={until} onPick={(value) => write({ until: value })} />
      </div>
      <div class="chips" role="group" aria-label="Kinds">
        {run !== null && (
          <button type="button" class="chip" aria-pressed={true} onClick={() => write({ run: null })}>
            of run {run} <span aria-hidden="true">×</span>
          </button>
        )}
        {KINDS.map(([kind, label]) => (
          <button type="button" class="chip" key={kind} aria-pressed={wanted.has(kind)} onClick={() => toggle(kind)}>
            {label}
          </button>
        ))}
      </div>
      <Card label="Changes">
        {list.error !== null && changes.length === 0 ? (
          <Failed error={list.error} retry={list.reload} />
        ) : list.data === null ? (
          <Waiting lines={12} />
        ) : (
          <div class={list.stale ? 'stale' : undefined}>
            {changes.length === 0 &&
              (list.more ? (
                <p class="muted">Nothing fits among the newest runs.</p>
              ) : (
                <Empty icon="changes" title="No change fits">
                  Take a filter away, or a longer stretch of time.
                </Empty>
              ))}
            <Feed changes={changes} />
            <More {...list} />
          </div>
        )}
      </Card>
    </>
  )
}

/** The first page moves on while others stay: what stands on both is shown once. */
function unique(changes: readonly ChangeView[]): ChangeView[] {
  const seen = new Map(changes.map((change) => [`${change.about}${change.id}`, change]))
  return [...seen.values()]
}

function Typed({
  label,
  value,
  hint,
  disabled = false,
  onType,
}: {
  label: string
  value: string | null
  hint: string
  disabled?: boolean
  onType: (value: string) => void
}) {
  const [text, setText] = useState(value ?? '')
  const late = useLate(text.trim(), 300)
  useEffect(() => {
    if (late !== (value ?? '')) onType(late)
  }, [late])
  useEffect(() => setText(value ?? ''), [value])
  return (
    <label class="field">
      <input
        aria-label={label}
        placeholder={hint}
        value={text}
        disabled={disabled}
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  )
}

function Day({
  label,
  value,
  onPick,
}: {
  label: string
  value: string | null
  onPick: (value: string | null) => void
}) {
  const shown = value === null || !Number.isFinite(Date.parse(value)) ? '' : localDay(new Date(value))
  return (
    <label class="field day">
      <span>{label}</span>
      <input
        type="date"
        value={shown}
        onChange={(event) => {
          const day = event.currentTarget.value
          onPick(day === '' ? null : new Date(`${day}T00:00`).toISOString())
        }}
      />
    </label>
  )
}

const localDay = (at: Date): string =>
  `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
