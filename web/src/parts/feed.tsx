import type { ComponentChildren } from 'preact'
import { lasting, nameOf, timeText } from '../format.ts'
import { accountHref, groupHref } from '../router.ts'
import type { ChangeView } from '../types.ts'
import { Ago } from './basics.tsx'

const SIGNS: Readonly<Record<ChangeView['kind'], readonly [sign: string, tone: string]>> = {
  joined: ['+', 'good'],
  left: ['−', 'bad'],
  role: ['★', 'accent'],
  name_card: ['✎', 'plain'],
  muted: ['◌', 'warn'],
  attributes: ['≡', 'plain'],
  created: ['+', 'accent'],
  renamed: ['✎', 'accent'],
  owner: ['★', 'accent'],
  updated: ['≡', 'plain'],
  dissolved: ['×', 'bad'],
  reappeared: ['↺', 'accent'],
}

export const KIND_NAMES: Readonly<Record<ChangeView['kind'], string>> = {
  joined: 'Joined',
  left: 'Left',
  role: 'Role',
  name_card: 'Name card',
  muted: 'Muted',
  attributes: 'Attributes',
  created: 'Group found',
  renamed: 'Renamed',
  owner: 'New owner',
  updated: 'Group changed',
  dissolved: 'Dissolved',
  reappeared: 'Back again',
}

/** Who joins or leaves does so to the group itself. */
const MOVES: ReadonlySet<string> = new Set(['joined', 'left'])

/** Changes as sentences. What the view is about is not said in every line. */
export function Feed({ changes, without }: { changes: readonly ChangeView[]; without?: 'group' | 'account' }) {
  return (
    <ol class="feed">
      {inOrder(changes).map((one) => {
        const [sign, tone] = SIGNS[one.kind]
        return (
          <li key={`${one.about}${one.id}${one.kind}`}>
            <i class={`sign ${tone}`} aria-hidden="true">
              {sign}
            </i>
            <div>
              <p>
                {sentence(one)}
                {without !== 'group' && (
                  <>
                    {' '}
                    {MOVES.has(one.kind) ? null : <span class="muted">in </span>}
                    <GroupLink of={one} />
                  </>
                )}
              </p>
              <p class="feed-when">
                <Ago at={one.at} />
                <Bounds of={one} />
                <a href={`/runs/${one.runId}`}>run {one.runId}</a>
              </p>
            </div>
          </li>
        )
      })}
    </ol>
  )
}

/** Runs as they came, and within a run by time. */
const inOrder = (changes: readonly ChangeView[]): ChangeView[] =>
  [...changes].sort((a, b) => b.runId - a.runId || Date.parse(b.at) - Date.parse(a.at))

const GroupLink = ({ of }: { of: ChangeView }) => (
  <a href={groupHref(of.source, of.groupId)}>
    <bdi>{nameOf(of.groupName, of.groupId)}</bdi>
  </a>
)

const Who = ({ of }: { of: ChangeView }) =>
  of.accountId === null ? null : (
    <a class="who" href={accountHref(of.source, of.accountId)}>
      <bdi>{of.accountId}</bdi>
    </a>
  )

const text = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? 'nothing'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)

function sentence(of: ChangeView): ComponentChildren {
  const [before, after] = [of.old ?? {}, of.new ?? {}]
  const who = <Who of={of} />
  const quote = (value: unknown) => <q>{text(value)}</q>
  switch (of.kind) {
    case 'joined':
      return (
        <>
          {who} joined{after['role'] === 'member' ? '' : ` as ${text(after['role'])}`}
        </>
      )
    case 'left':
      return <>{who} left</>
    case 'role':
      return (
        <>
          {who} went from {text(before['role'])} to <strong>{text(after['role'])}</strong>
        </>
      )
    case 'name_card':
      return (
        <>
          {who} is called {quote(after['name_card'])}, before {quote(before['name_card'])}
        </>
      )
    case 'muted':
      return (
        <>
          {who} {mutedText(after['muted_until'])}
        </>
      )
    case 'attributes':
      return <>{who} has new attributes</>
    case 'created':
      return <>The group was found</>
    case 'renamed':
      return (
        <>
          Renamed to {quote(after['name'])}, before {quote(before['name'])}
        </>
      )
    case 'owner':
      return (
        <>
          The owner is {text(after['owner_id'])}, before {text(before['owner_id'])}
        </>
      )
    case 'updated':
      return <>The group changed: {Object.keys(after).join(', ').replaceAll('_', ' ')}</>
    case 'dissolved':
      return <>The group was dissolved</>
    case 'reappeared':
      return <>The group is back</>
  }
}

function mutedText(until: unknown): string {
  if (typeof until !== 'string') return 'may speak again'
  return until === 'infinity' ? 'is muted for good' : `is muted until ${timeText(until)}`
}

/** How exactly the moment is known, where it is not exact. */
function Bounds({ of }: { of: ChangeView }) {
  if (of.notBefore === null) return of.kind === 'joined' ? <span>found by the first read</span> : null
  if (of.notAfter === null) return null
  const within = Date.parse(of.notAfter) - Date.parse(of.notBefore)
  const exact = of.kind === 'joined' && of.at !== of.notAfter
  if (exact) return <span>by the vendor’s own time</span>
  return (
    <span title={`Between ${timeText(of.notBefore)} and ${timeText(of.notAfter)}`}>known within {lasting(within)}</span>
  )
}
