import { useState, useEffect } from 'preact/hooks'
import { useData, usePages } from '../api.ts'
import { count, dayText, nameOf, plural } from '../format.ts'
import { Ago, Badge, Card, Empty, Failed, More, Segments, Select, Waiting } from '../parts/basics.tsx'
import { Icon } from '../parts/icon.tsx'
import { useLate } from '../parts/late.ts'
import { groupHref, href, useFilters } from '../router.ts'
import type { GroupListedView, GroupsAnswer, SourcesAnswer } from '../types.ts'

const COLUMNS = [
  ['name', 'Group', ''],
  [null, 'Type', 'hide-narrow'],
  ['members', 'Members', 'number'],
  [null, 'Coverage', 'hide-narrow'],
  ['read', 'Last read', 'hide-phone'],
  ['created', 'Created', 'hide-narrow'],
] as const

const STATES = [
  ['standing', 'Standing'],
  ['dissolved', 'Dissolved'],
  ['all', 'All'],
] as const

export function GroupsPage() {
  const [read, write] = useFilters()
  const [text, setText] = useState(read('q') ?? '')
  const late = useLate(text.trim(), 180)
  const inAddress = read('q') ?? ''
  useEffect(() => {
    if (late !== inAddress) write({ q: late })
  }, [late])
  useEffect(() => {
    if (inAddress !== late) setText(inAddress)
  }, [inAddress])
  const state = STATES.find(([one]) => one === read('state'))?.[0] ?? 'standing'
  const sort = read('sort') ?? 'members'
  const order = read('order') ?? (sort === 'name' ? 'asc' : 'desc')
  const query = {
    source: read('source'),
    q: inAddress,
    state,
    type: read('type'),
    coverage: read('coverage'),
    read: read('read'),
    sort,
    order,
  }
  const { data: sources } = useData<SourcesAnswer>('/api/sources')
  const list = usePages<GroupsAnswer>(href('/api/groups', query))
  const groups = list.pages.flatMap((page) => page.groups)
  const types = list.pages[0]?.types ?? []
  const wanted = new Set((read('type') ?? '').split(',').filter((type) => type !== ''))
  const total = types
    .filter(({ type }) => wanted.size === 0 || wanted.has(type))
    .reduce((sum, one) => sum + one.groups, 0)
  const toggle = (type: string): void => {
    const next = new Set(wanted)
    if (!next.delete(type)) next.add(type)
    write({ type: [...next].join(',') })
  }
  const sortBy = (column: string): void => {
    const turned = column === sort ? (order === 'asc' ? 'desc' : 'asc') : column === 'name' ? 'asc' : 'desc'
    write({ sort: column, order: turned })
  }
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Groups</h1>
          <p class="lead" aria-live="polite">
            {list.data === null ? ' ' : plural(total, 'group')}
          </p>
        </div>
      </div>
      <div class="filters">
        <label class="field grow">
          <Icon name="search" />
          <input
            type="search"
            aria-label="Name or id of a group"
            placeholder="Name or id"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <Select
          label="Source"
          value={query.source ?? ''}
          options={[['', 'All sources'], ...(sources?.sources ?? []).map(({ name }) => [name, name] as const)]}
          onPick={(source) => write({ source })}
        />
        <Select
          label="Coverage"
          value={query.coverage ?? ''}
          options={[
            ['', 'Any coverage'],
            ['full', 'Full'],
            ['partial', 'Partial'],
            ['none', 'None'],
            ['partial,none', 'Not full'],
          ]}
          onPick={(coverage) => write({ coverage })}
        />
        <Select
          label="Freshness"
          value={query.read ?? ''}
          options={[
            ['', 'Read at any time'],
            ['stale', 'Not read for 24 h'],
          ]}
          onPick={(value) => write({ read: value })}
        />
        <Segments
          label="State"
          value={state}
          options={STATES}
          onPick={(value) => write({ state: value === 'standing' ? null : value })}
        />
      </div>
      {types.length > 1 && (
        <div class="chips" role="group" aria-label="Types">
          {types.map(({ type, groups: n }) => (
            <button type="button" class="chip" key={type} aria-pressed={wanted.has(type)} onClick={() => toggle(type)}>
              {type} <small>{count(n)}</small>
            </button>
          ))}
        </div>
      )}
      <Card flush label="Groups">
        {list.error !== null && groups.length === 0 ? (
          <Failed error={list.error} retry={list.reload} />
        ) : list.data === null ? (
          <Waiting lines={12} />
        ) : groups.length === 0 ? (
          <Empty icon="search" title="No group fits">
            Take a filter away, or look among the dissolved ones.
          </Empty>
        ) : (
          <div class={`table-wrap${list.stale ? ' stale' : ''}`}>
            <table class="table">
              <thead>
                <tr>
                  {COLUMNS.map(([key, label, where]) => (
                    <th
                      key={label}
                      class={where}
                      aria-sort={key === sort ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
                    >
                      {key === null ? (
                        label
                      ) : (
                        <button type="button" class="sort" onClick={() => sortBy(key)}>
                          {label} <span aria-hidden="true">{key === sort ? (order === 'asc' ? '↑' : '↓') : ''}</span>
                        </button>
                      )}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {groups.map((group) => (
                  <Row key={`${group.source} ${group.groupId}`} group={group} />
                ))}
              </tbody>
            </table>
            <More {...list} />
          </div>
        )}
      </Card>
    </>
  )
}

function Row({ group }: { group: GroupListedView }) {
  const fill =
    group.maxMembers === null || group.maxMembers === 0 ? null : Math.min(1, group.members / group.maxMembers)
  return (
    <tr>
      <td>
        <a class="two-lines" href={groupHref(group.source, group.groupId)}>
          <bdi class="strong">{nameOf(group.name, group.groupId)}</bdi>
          <small>
            {group.source} · <span class="mono">{group.groupId}</span>
          </small>
        </a>
      </td>
      <td class="hide-narrow">{group.type}</td>
      <td class="number">
        <span>{count(group.members)}</span>
        {fill !== null && (
          <i
            class={`fill${fill > 0.9 ? ' warn' : ''}`}
            title={`${Math.round(fill * 100)} % of ${count(group.maxMembers ?? 0)}`}
          >
            <b style={{ width: `${fill * 100}%` }} />
          </i>
        )}
      </td>
      <td class="hide-narrow">
        <Coverage of={group} />
      </td>
      <td class="muted hide-phone">{group.lastReadAt === null ? 'never' : <Ago at={group.lastReadAt} />}</td>
      <td class="muted hide-narrow">{group.createdAt === null ? '' : dayText(group.createdAt)}</td>
    </tr>
  )
}

export function Coverage({
  of,
}: {
  of: { readonly coverage: 'full' | 'partial' | 'none'; readonly dissolvedAt: string | null }
}) {
  if (of.dissolvedAt !== null) return <Badge>dissolved</Badge>
  if (of.coverage === 'full')
    return (
      <Badge tone="good" dot title="Read completely: the roll is proven">
        proven
      </Badge>
    )
  return of.coverage === 'partial' ? (
    <Badge tone="warn" dot title="Never read completely: some members are known">
      partial
    </Badge>
  ) : (
    <Badge dot title="No member is known">
      none
    </Badge>
  )
}
