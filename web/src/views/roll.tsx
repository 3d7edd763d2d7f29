import { useEffect, useState } from 'preact/hooks'
import { usePages } from '../api.ts'
import { count, plural, timeText } from '../format.ts'
import { Badge, Card, Empty, Failed, More, Time, Waiting } from '../parts/basics.tsx'
import { Icon } from '../parts/icon.tsx'
import { useLate } from '../parts/late.ts'
import { accountHref, href, useFilters } from '../router.ts'
import type { GroupView, MembersAnswer } from '../types.ts'

const STEPS = 1000

/** Who was in the group at any moment: a slider over its time. */
export function Roll({
  group,
  at,
  onPick,
  url,
}: {
  group: GroupView
  at: number | null
  onPick: (at: number | null) => void
  url: string
}) {
  const [read, write] = useFilters()
  const [text, setText] = useState(read('member') ?? '')
  const q = useLate(text.trim(), 200)
  useEffect(() => {
    if (q !== (read('member') ?? '')) write({ member: q })
  }, [q])
  const moment = useLate(at, 120)
  const list = usePages<MembersAnswer>(
    href(`${url}/members`, {
      at: moment === null ? null : new Date(moment).toISOString(),
      q,
      limit: 100,
      seen: group.lastReadAt,
    }),
  )
  const first = list.pages[0]
  const members = list.pages.flatMap((page) => page.members)
  return (
    <Card
      title={<span id="roll">Roll</span>}
      label="Roll"
      aside={first === undefined ? undefined : <RollCounts of={first} />}
    >
      <Slider group={group} at={at} onPick={onPick} />
      <label class="field">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Find a member"
          placeholder="Account or name card"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      {list.error !== null && members.length === 0 ? (
        <Failed error={list.error} retry={list.reload} />
      ) : first === undefined ? (
        <Waiting lines={8} />
      ) : members.length === 0 ? (
        <Empty icon="person" title={q === '' ? 'Nobody is known to have been in' : 'No member fits'}>
          {q === '' && group.coverage !== 'full' ? 'The members of this group were never read completely.' : undefined}
        </Empty>
      ) : (
        <div
          class={`scroll tall${list.stale || moment !== at ? ' stale' : ''}`}
          tabIndex={0}
          role="region"
          aria-label="Members"
        >
          <table class="table compact" data-roll={first.at} data-total={first.total}>
            <thead>
              <tr>
                <th>Account</th>
                <th>Role</th>
                <th class="hide-phone">Joined</th>
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <tr key={member.accountId} class={member.proven ? undefined : 'unproven'}>
                  <td>
                    <a class="two-lines" href={accountHref(group.source, member.accountId)}>
                      <bdi class="strong">{member.accountId}</bdi>
                      {member.nameCard !== null && member.nameCard !== '' && (
                        <small>
                          <bdi>{member.nameCard}</bdi>
                        </small>
                      )}
                    </a>
                  </td>
                  <td>
                    {member.role === 'member' ? (
                      <span class="muted">member</span>
                    ) : (
                      <Badge tone="accent">{member.role}</Badge>
                    )}{' '}
                    {!member.proven && (
                      <Badge
                        tone="warn"
                        title="Between the last read with and the first without, or before the first complete read"
                      >
                        unproven
                      </Badge>
                    )}
                  </td>
                  <td class="muted hide-phone">{member.joinedAt === null ? '' : <Time at={member.joinedAt} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <More {...list} />
        </div>
      )}
    </Card>
  )
}

const RollCounts = ({ of }: { of: MembersAnswer }) => (
  <span class="muted" aria-live="polite">
    {plural(of.total, 'member')}
    {of.owners + of.admins > 0 && `, ${plural(of.owners, 'owner')}, ${plural(of.admins, 'admin')}`}
    {of.unproven > 0 && <b class="warn-text"> · {count(of.unproven)} unproven</b>}
  </span>
)

function Slider({ group, at, onPick }: { group: GroupView; at: number | null; onPick: (at: number | null) => void }) {
  const end = group.dissolvedAt === null ? Date.now() : Date.parse(group.dissolvedAt)
  const begin = Math.min(Date.parse(group.firstSeenAt), end - 60_000) - 3_600_000
  const value = at === null ? STEPS : Math.round(((at - begin) / (end - begin)) * STEPS)
  const shown = at === null ? 'now' : timeText(at)
  return (
    <div class="slider">
      <div class="slider-head">
        <label for="moment">
          At <strong>{shown}</strong>
        </label>
        {at !== null && (
          <button type="button" class="ghost" onClick={() => onPick(null)}>
            Back to now
          </button>
        )}
      </div>
      <input
        id="moment"
        type="range"
        min={0}
        max={STEPS}
        value={Math.max(0, Math.min(STEPS, value))}
        aria-valuetext={shown}
        onInput={(event) => {
          const step = Number(event.currentTarget.value)
          onPick(step >= STEPS ? null : Math.round(begin + ((end - begin) * step) / STEPS))
        }}
      />
      <div class="slider-ends" aria-hidden="true">
        <span>{timeText(begin)}</span>
        <span>{group.dissolvedAt === null ? 'now' : timeText(end)}</span>
      </div>
    </div>
  )
}
