import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  AccountAnswer,
  ChangesAnswer,
  FindAnswer,
  GroupsAnswer,
  GroupView,
  MembersAnswer,
  ReportAnswer,
  ReportsAnswer,
  ResyncView,
  RunAnswer,
  RunGroupsAnswer,
  RunsAnswer,
  SeriesAnswer,
  SourcesAnswer,
} from '../../src/http/answers.ts'
import { toCsv } from '../../src/http/api/csv.ts'
import type { ResyncAsk, ResyncState } from '../../src/http/types.ts'
import type { Rig } from '../support/rig.ts'
import { emptyApi, history, serve } from './rig.ts'

let rig: Rig
let api: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  rig = await history()
  api = await serve(rig.pool)
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await rig[Symbol.asyncDispose]()
})

const one = `/api/groups/acme/${encodeURIComponent('@TGS#one')}`
const odd = `/api/groups/acme/${encodeURIComponent('super/7 %2F"')}`

describe('groups', () => {
  it('are found by part of their name or id, letter by letter, whatever stands in it', async () => {
    const find = async (q: string) =>
      (await api.json<GroupsAnswer>(`/api/groups?q=${encodeURIComponent(q)}`)).groups.map((group) => group.groupId)
    expect(await find('one')).toEqual(['@TGS#one'])
    expect(await find('%2F"')).toEqual(['super/7 %2F"'])
    expect(await find('DROP table')).toEqual(['super/7 %2F"'])
    expect(await find('_')).toEqual([])
    expect(await find('\\')).toEqual([])
  })

  it('come page by page in every order, each once', async () => {
    for (const query of [
      'sort=name',
      'sort=members',
      'sort=members&order=asc',
      'sort=read',
      'sort=created',
      'sort=seen',
    ]) {
      const seen: string[] = []
      let cursor = ''
      do {
        const page: GroupsAnswer = await api.json(`/api/groups?state=all&limit=1&${query}${cursor}`)
        seen.push(...page.groups.map((group) => group.groupId))
        cursor = page.next === null ? '' : `&cursor=${page.next}`
      } while (cursor !== '')
      expect([query, seen.toSorted()]).toEqual([query, ['@TGS#one', 'super/7 %2F"']])
    }
    const first = await api.json<GroupsAnswer>('/api/groups')
    expect(first.groups.map((group) => group.members)).toEqual([30, 1])
    expect(first.types).toEqual([{ type: 'Public', groups: 2 }])
    const fits = async (query: string) => {
      const { groups, types } = await api.json<GroupsAnswer>(`/api/groups?${query}`)
      return [groups.length, (types ?? []).reduce((sum, one) => sum + one.groups, 0)]
    }
    expect(await fits('coverage=full,none')).toEqual([2, 2])
    expect(await fits('coverage=partial,none')).toEqual([0, 0])
    // This history is of a day long past.
    expect(await fits('read=stale')).toEqual([2, 2])
  })

  it('show what they are built on, also under an id that looks like an address', async () => {
    const group = await api.json<GroupView>(one)
    expect(group).toMatchObject({ name: 'another name', members: 30, coverage: 'full', dissolvedAt: null })
    expect(group.reads.map((read) => read.outcome)).toEqual(['complete', 'complete', 'complete'])
    expect((await api.json<GroupView>(odd)).ownerId).toBe("o'neil </td>")
    expect((await api.ask('/api/groups/acme/unknown')).status).toBe(404)
  })

  it('have a size at every step that is the roll of that moment', async () => {
    const { steps, step } = await api.json<SeriesAnswer>(`${one}/series?step=hour&until=2026-01-02`)
    expect(step).toBe('hour')
    expect(steps.at(-1)?.members).toBe(30)
    expect(steps.reduce((sum, { joined, left, backlog }) => sum + joined + backlog - left, 0)).toBe(30)
  })
})

describe('the roll', () => {
  it('is members_at of the database at any moment, over all pages', async () => {
    const { rows: reads } = await rig.pool.query<{ at: Date }>(
      `SELECT ended_at AS at FROM rollcall.group_reads WHERE group_id = '@TGS#one' ORDER BY run_id`,
    )
    const moments = [...reads.map(({ at }) => at), new Date((reads[0]?.at.getTime() ?? 0) + 30_000), new Date(0)]
    for (const at of moments) {
      const { rows } = await rig.pool.query<{ account_id: string; role: string; proven: boolean }>(
        'SELECT account_id, role, proven FROM rollcall.members_at($1, $2, $3) ORDER BY 1',
        ['acme', '@TGS#one', at],
      )
      const seen: MembersAnswer['members'] = []
      let cursor = ''
      let total = 0
      do {
        const page: MembersAnswer = await api.json(`${one}/members?limit=7&at=${at.toISOString()}${cursor}`)
        seen.push(...page.members)
        total = page.total
        cursor = page.next === null ? '' : `&cursor=${page.next}`
      } while (cursor !== '')
      expect(total).toBe(rows.length)
      expect(
        seen
          .map(({ accountId, role, proven }) => ({ account_id: accountId, role, proven }))
          .toSorted((a, b) => (a.account_id < b.account_id ? -1 : 1)),
      ).toEqual(rows.toSorted((a, b) => (a.account_id < b.account_id ? -1 : 1)))
    }
  })

  it('is searched by account and name card', async () => {
    const found = await api.json<MembersAnswer>(`${one}/members?q=hyperlink`)
    expect(found.members.map((member) => member.accountId)).toEqual(['ann'])
    expect(found).toMatchObject({ total: 30, fitting: 1 })
  })
})

describe('accounts', () => {
  it('show every stay', async () => {
    const { stays } = await api.json<AccountAnswer>('/api/accounts/acme/bob_3')
    expect(stays).toHaveLength(1)
    expect(stays[0]?.endAt).not.toBeNull()
    expect(
      (await api.json<AccountAnswer>(`/api/accounts/acme/${encodeURIComponent("o'neil </td>")}`)).stays[0]?.role,
    ).toBe('owner')
    expect((await api.ask('/api/accounts/acme/nobody')).status).toBe(404)
  })

  it('are found by how they begin', async () => {
    const { found } = await api.json<FindAnswer>('/api/find?q=bob_1')
    expect(found.every(({ id }) => id.startsWith('bob_1'))).toBe(true)
    expect(found.length).toBe(6)
  })
})

describe('changes', () => {
  const all = async (query: string, limit: number): Promise<ChangesAnswer['changes']> => {
    const seen: ChangesAnswer['changes'] = []
    let cursor = ''
    do {
      const page: ChangesAnswer = await api.json(`/api/changes?limit=${limit}&${query}${cursor}`)
      seen.push(...page.changes)
      cursor = page.next === null ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    return seen
  }

  it('are those of the views, page by page, each once, in both orders', async () => {
    const { rows } = await rig.pool.query<{ key: string }>(
      `SELECT 'member ' || id AS key FROM rollcall.member_changes UNION ALL SELECT 'group ' || id FROM rollcall.group_changes ORDER BY 1`,
    )
    const wanted = rows.map(({ key }) => key).toSorted()
    for (const limit of [1, 7, 1000]) {
      const newest = (await all('order=newest', limit)).map(({ about, id }) => `${about} ${id}`)
      const oldest = (await all('order=oldest', limit)).map(({ about, id }) => `${about} ${id}`)
      expect(newest.toSorted()).toEqual(wanted)
      expect(oldest).toEqual(newest.toReversed())
    }
  })

  it('show old and new as the views do', async () => {
    const { rows } = await rig.pool.query<{ id: bigint; old: unknown; new: unknown }>(
      'SELECT id, old, new FROM rollcall.member_changes ORDER BY id',
    )
    const shown = (await all('order=oldest', 50)).filter(({ about }) => about === 'member')
    expect(
      shown.map(({ id, old, new: now }) => ({ id, old, new: now })).toSorted((a, b) => Number(a.id) - Number(b.id)),
    ).toEqual(rows.map((row) => ({ id: String(row.id), old: row.old, new: row.new })))
  })

  it('are filtered by group, account, kind and time', async () => {
    expect((await all('source=acme&kind=left', 100)).map(({ accountId }) => accountId)).toEqual(['bob_5', 'bob_3'])
    expect(await all('account=bob_4&kind=role', 100)).toHaveLength(1)
    expect(
      (await all(`source=acme&group=${encodeURIComponent('@TGS#one')}&kind=left,role`, 1)).map(({ kind }) => kind),
    ).toEqual(['left', 'role', 'left'])
    expect(await all('since=2030-01-01', 100)).toEqual([])
  })

  it('tell joins that a read found from those that happened between reads, and give what one run found', async () => {
    const { rows } = await rig.pool.query<{ run_id: number; found: number }>(
      `SELECT min(run_id) AS run_id, count(*)::int AS found FROM rollcall.member_changes WHERE kind = 'joined' AND not_before IS NULL`,
    )
    const [first] = rows
    expect(await all('kind=joined&joins=found', 10)).toHaveLength(first?.found ?? -1)
    expect((await all('kind=joined&joins=seen', 10)).map(({ accountId }) => accountId)).toEqual(['cat'])
    expect((await all('kind=left&joins=found', 10)).map(({ kind }) => kind)).toEqual(['left', 'left'])
    for (const limit of [1, 100]) {
      const second = await all(`run=${(first?.run_id ?? 0) + 1}`, limit)
      expect(second.map(({ kind, accountId }) => `${kind} ${accountId}`).toSorted()).toEqual([
        'joined cat',
        'left bob_3',
        'role bob_4',
      ])
    }
  })
})

describe('runs', () => {
  it('say what came of each group', async () => {
    const { runs } = await api.json<RunsAnswer>('/api/runs?limit=2')
    expect(runs.map(({ verdict }) => verdict)).toEqual(['complete', 'complete'])
    const run = await api.json<RunAnswer>(`/api/runs/${runs[0]?.id ?? 0}`)
    const { groups } = await api.json<RunGroupsAnswer>(`/api/runs/${run.id}/groups`)
    expect(groups.length).toBe(run.outcomes.reduce((sum, end) => sum + end.groups, 0))
  })

  it('are told live', async () => {
    const response = await api.ask('/api/runs/events')
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(new TextDecoder().decode(value)).toMatch(/^data: {"runs":\[/)
    await reader?.cancel()
  })
})

describe('reports', () => {
  it('answer with columns, rows and CSV that no spreadsheet runs', async () => {
    const { reports } = await api.json<ReportsAnswer>('/api/reports')
    expect(reports.length).toBeGreaterThan(20)
    const growth = await api.json<ReportAnswer>('/api/reports/growth?source=acme&since=2025-12-30&until=2026-01-03')
    expect(growth.rows.length).toBe(4)
    const csv = await (await api.ask('/api/reports/growth/csv?source=acme&since=2025-12-30&until=2026-01-03')).text()
    expect(csv.split('\r\n')).toHaveLength(6)
    const roll = `/api/reports/members-at/csv?source=acme&group=${encodeURIComponent('@TGS#one')}`
    expect(await (await api.ask(roll)).text()).toContain(`ann,owner,"'=HYPERLINK(""x"")"`)
    const numbers = toCsv([['-3', '-0.5', '-1+cmd', '+1', '@x']])
    expect(numbers).toBe("\ufeff-3,-0.5,'-1+cmd,'+1,'@x\r\n")
  })
})

describe('a resync', () => {
  it('asked twice is one, and is told as it goes', async () => {
    const states = new Map<string, ResyncState>()
    const resync = {
      async start(ask: ResyncAsk) {
        const id = JSON.stringify(ask)
        const state: ResyncState = states.get(id) ?? {
          ...ask,
          id: String(states.size + 1),
          state: 'done',
          runId: 7,
          groupsDone: 1,
          groupsKnown: 1,
          members: 3,
          calls: 2,
          note: null,
        }
        states.set(id, state)
        return state
      },
      state: async (id: string) => [...states.values()].find((state) => state.id === id) ?? null,
    }
    const sources = [{ name: 'acme', vendor: 'tencent', schedule: null, nextRun: () => null, rates: {} }]
    await using with_ = await serve(rig.pool, { resync, sources })
    const ask = async (body: object) =>
      with_.ask('/api/resync', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const [first, second] = [
      await ask({ source: 'acme', groups: ['b', 'a', 'b'] }),
      await ask({ source: 'acme', groups: ['a', 'b'] }),
    ]
    expect(first.status).toBe(202)
    expect(((await first.json()) as ResyncView).id).toBe(((await second.json()) as ResyncView).id)
    expect((await ask({ source: 'other', all: true })).status).toBe(404)
    expect(await (await with_.ask('/api/resync/1/events')).text()).toMatch(/^data: .*"state":"done".*\n\n$/)
  })
})

describe('the whole', () => {
  it('answers for a database that nothing was read into', async () => {
    await using empty = await emptyApi()
    expect((await empty.json<SourcesAnswer>('/api/sources')).sources).toEqual([])
    expect(await empty.json('/api/changes')).toEqual({ changes: [], next: null })
    expect((await empty.json<GroupsAnswer>('/api/groups')).groups).toEqual([])
  })

  it('is not ready when the database is gone, and says so as a problem', async () => {
    const broken = {
      ...(await import('../../src/store/page/page.ts')).createPageData(rig.pool),
      now: () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
      sources: () => Promise.reject(Object.assign(new Error('postgres://u:secret@h'), { code: 'ECONNREFUSED' })),
    }
    await using api2 = await serve(broken)
    expect((await api2.ask('/readyz')).status).toBe(503)
    expect((await api2.ask('/livez')).status).toBe(200)
    const refused = await api2.ask('/api/sources')
    expect(refused.status).toBe(503)
    expect(await refused.text()).not.toContain('secret')
  })

  it('describes itself: every schema of the document is one that a validator takes', async () => {
    const document = await api.json<{
      openapi: string
      paths: Record<
        string,
        Record<
          string,
          { summary?: string; responses: Record<string, { content?: Record<string, { schema: object }> }> }
        >
      >
    }>('/api/openapi.json')
    expect(document.openapi).toBe('3.1.0')
    const ajv = new Ajv({ strict: false, validateFormats: false })
    for (const [path, verbs] of Object.entries(document.paths)) {
      for (const operation of Object.values(verbs)) {
        expect([path, typeof operation.summary]).toEqual([path, 'string'])
        for (const { content } of Object.values(operation.responses))
          for (const { schema } of Object.values(content ?? {})) ajv.compile(withoutDialect(schema))
      }
    }
    expect(Object.keys(document.paths)).toContain('/api/changes')
    expect(Object.keys(document.paths).some((path) => path.includes('session'))).toBe(false)
  })
})

const withoutDialect = (schema: object): object =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'))
