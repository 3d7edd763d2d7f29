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
                {one.accountId === null ? (
                  <>
                    {without === 'group' ? 'The group' : <GroupLink of={one} />} {ofGroup(one)}
                  </>
                ) : (
                  <>
                    <Who of={one} /> {ofMember(one)}
                    {without !== 'group' && (
                      <>
                        {' '}
                        {MOVES.has(one.kind) ? null : <span class="muted">in </span>}
                        <GroupLink of={one} />
                      </>
                    )}
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

const none = (value: unknown): boolean => value === null || value === undefined || value === ''
const text = (value: unknown): string =>
  none(value) ? 'nobody' : typeof value === 'string' ? value : JSON.stringify(value)
const Quote = ({ of }: { of: unknown }) => (
  <q>
    <bdi>{text(of)}</bdi>
  </q>
)

/** What somebody did or became, after their name. */
function ofMember(of: ChangeView): ComponentChildren {
  const [before, after] = [of.old ?? {}, of.new ?? {}]
  switch (of.kind) {
    case 'joined':
      return <>joined{after['role'] === 'member' ? '' : ` as ${text(after['role'])}`}</>
    case 'left':
      return <>left</>
    case 'role':
      return (
        <>
          went from {text(before['role'])} to <strong>{text(after['role'])}</strong>
        </>
      )
    case 'name_card': {
      const [was, is] = [before['name_card'], after['name_card']]
      if (none(is))
        return (
          <>
            has no name card any more, before <Quote of={was} />
          </>
        )
      return (
        <>
          is called <Quote of={is} />
          {!none(was) && (
            <>
              , before <Quote of={was} />
            </>
          )}
        </>
      )
    }
    case 'muted':
      return <>{mutedText(after['muted_until'])}</>
    default:
      return <>has new attributes</>
  }
}

/** What happened to a group, after its name. */
function ofGroup(of: ChangeView): ComponentChildren {
  const [before, after] = [of.old ?? {}, of.new ?? {}]
  switch (of.kind) {
    case 'created':
      return <>was found</>
    case 'renamed':
      return none(before['name']) ? (
        <>
          was named <Quote of={after['name']} />
        </>
      ) : (
        <>
          was renamed to <Quote of={after['name']} />, before <Quote of={before['name']} />
        </>
      )
    case 'owner':
      return (
        <>
          went from {text(before['owner_id'])} to <strong>{text(after['owner_id'])}</strong> as its owner
        </>
      )
    case 'dissolved':
      return <>was dissolved</>
    case 'reappeared':
      return <>is back</>
    default:
      return <>changed: {Object.keys(after).join(', ').replaceAll('_', ' ')}</>
  }
}

function mutedText(until: unknown): string {
  if (typeof until !== 'string') return 'may speak again'
  return until === 'infinity' ? 'is muted for good' : `is muted until ${timeText(until)}`
}

/** How exactly the moment is known, where it is not exact. */
function Bounds({ of }: { of: ChangeView }) {
  if (of.notBefore === null) return of.kind === 'joined' ? <span>found by a first read</span> : null
  if (of.notAfter === null) return null
  const within = Date.parse(of.notAfter) - Date.parse(of.notBefore)
  const exact = of.kind === 'joined' && of.at !== of.notAfter
  if (exact) return <span>by the vendor’s own time</span>
  return (
    <span title={`Between ${timeText(of.notBefore)} and ${timeText(of.notAfter)}`}>known within {lasting(within)}</span>
  )
}
