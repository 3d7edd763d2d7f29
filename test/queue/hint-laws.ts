import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openHooks } from '../../src/cli/services/page-hooks.ts'
import { startPage } from '../../src/cli/services/page.ts'
import type { SourceConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { deliveryOf, startWebhooks } from '../../src/simulator/webhooks.ts'
import type { WorldEvent } from '../../src/simulator/types.ts'
import { addAsk } from '../../src/store/asks.ts'
import { addHints } from '../../src/store/hints.ts'
import { shownRoll } from '../support/rig.ts'
import { configOf } from './bench.ts'
import { openStage } from './open-stage.ts'
import type { Stage, StageOptions } from './stage.ts'

const TOKEN = 'callback-token-f3a9c1'
const G = '@TGS#g0'

/** A stage whose page takes the webhooks of its app; every group has been read once. */
async function openHooked(options: StageOptions, windowMs = 1_000) {
  const stage = await openStage(options)
  const sources = configOf(stage.setting).sources.map(
    (source): SourceConfig =>
      source.vendor === 'tencent' ? { ...source, webhook: { token: TOKEN, windowMs, maxAgeMs: 60_000 } } : source,
  )
  const log = createLog({ level: 'silent', secrets: [] })
  const { context, service } = stage.own
  const hooks = await openHooks(context, service, sources)
  const http = { host: '127.0.0.1', port: 0, token: null }
  const parts = { pool: context.pool, log, sources, http, resync: null, held: null, queue: null, hooks: hooks.hooks }
  const page = await startPage(parts)
  await stage.worker()
  await stage.answered(await stage.ask(null))
  const url = `${page.url}/hooks/acme`
  return {
    ...stage,
    url,
    hooks,
    metric: async (outcome: string) => {
      const text = await (await fetch(`${page.url}/metrics`)).text()
      return Number(
        new RegExp(`^rollcall_webhooks_total\\{source="acme",outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1],
      )
    },
    async tell(event: WorldEvent, more: RequestInit = {}) {
      const delivery = deliveryOf(stage.app, TOKEN, event, 1)
      if (delivery === null) throw new Error('nobody is told of this')
      return fetch(url + delivery.query, { method: 'POST', headers: delivery.headers, body: delivery.body, ...more })
    },
    async [Symbol.asyncDispose]() {
      await page[Symbol.asyncDispose]()
      await hooks[Symbol.asyncDispose]()
      await stage[Symbol.asyncDispose]()
    },
  }
}

async function rows<T>(stage: Pick<Stage, 'pool'>, sql: string, params: unknown[] = []): Promise<T[]> {
  return (await stage.pool.query(sql, params)).rows as T[]
}
async function until(met: () => Promise<boolean>): Promise<void> {
  const began = performance.now()
  while (!(await met())) {
    if (performance.now() - began > 20_000) throw new Error(`waited in vain for ${String(met)}`)
    await sleep(25)
  }
}
const looks = (stage: Pick<Stage, 'pool'>) =>
  rows<{ group_id: string; n: number }>(
    stage,
    `SELECT d.group_id, count(*)::int AS n FROM rollcall.group_reads d JOIN rollcall.runs r ON r.id = d.run_id
     WHERE r.trigger = 'webhook' AND r.finished_at IS NOT NULL GROUP BY 1 ORDER BY 1`,
  )

/** Webhooks as hints, on either backend. */
export function hintLaws(backend: () => Pick<StageOptions, 'redis'>): void {
  it('T-41 an event has its group read, once; the change is proven by the read and bounded by the event', async () => {
    await using stage = await openHooked({ ...backend(), groups: 5, members: 4 })
    // What the vendor says bounds a change only where it lies clearly after the read before.
    await stage.pool.query(`UPDATE rollcall.roll_state SET complete_began_at = complete_began_at - interval '1 minute'`)
    const webhooks = startWebhooks(stage.app, { url: stage.url, secret: TOKEN })
    stage.world.join(G, 'jared')
    const told = stage.world.events.at(-1)?.t ?? 0
    const member = () =>
      rows<{ run_id: number; not_before: Date | null }>(
        stage,
        `SELECT * FROM rollcall.member_changes WHERE account_id = 'jared'`,
      )
    await until(async () => (await looks(stage)).length === 1)
    expect(
      await rows(stage, `SELECT trigger, verdict FROM rollcall.runs WHERE id = $1`, [(await member())[0]?.run_id]),
    ).toEqual([{ trigger: 'webhook', verdict: 'complete' }])
    expect((await member())[0]?.not_before?.getTime()).toBe(told - 5_000)
    expect(await looks(stage)).toEqual([{ group_id: G, n: 1 }])
    stage.world.leave(G, 'jared')
    await until(async () => (await member()).length === 2)
    expect(await rows(stage, 'SELECT FROM rollcall.hint')).toEqual([])
    expect([webhooks.sent(), webhooks.refused()]).toEqual([2, 0])
    await webhooks[Symbol.asyncDispose]()
  })

  it('T-43 an exit told twice, before its join, or without any truth: what stands in the end is what the vendor lists', async () => {
    await using stage = await openHooked({ ...backend(), groups: 2, members: 4 })
    const [someone = ''] = stage.world.groups.get(G)?.members.keys() ?? []
    const exit: WorldEvent = { t: Date.now(), op: 'member.leave', group: G, account: someone }
    expect((await stage.tell(exit)).status).toBe(200) // nobody left
    expect((await stage.tell(exit)).status).toBe(200)
    expect(
      (await stage.tell({ t: Date.now() - 1, op: 'member.join', group: G, account: 'nobody', role: 'Member', set: {} }))
        .status,
    ).toBe(200)
    await until(async () => (await looks(stage)).length === 1)
    expect(
      await rows(stage, `SELECT FROM rollcall.member_changes WHERE kind = 'left' OR account_id = 'nobody'`),
    ).toEqual([])
    expect(await stage.metric('repeated')).toBe(1)
    expect(await stage.metric('hint')).toBe(2)
  })

  it('a burst of events: all answered with what the vendor wants to hear, one read for each group and window', async () => {
    await using stage = await openHooked({ ...backend(), groups: 3, members: 4 }, 5_000)
    const answers = await Promise.all(
      Array.from({ length: 600 }, async (_, n) => {
        const answer = await stage.tell({
          t: n,
          op: 'member.join',
          group: `@TGS#g${n % 3}`,
          account: `u${n}`,
          role: 'Member',
          set: {},
        })
        return `${answer.status} ${await answer.text()}`
      }),
    )
    expect(new Set(answers)).toEqual(new Set(['200 {"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}']))
    await until(async () => (await looks(stage)).length === 3)
    expect(await looks(stage)).toEqual([0, 1, 2].map((n) => ({ group_id: `@TGS#g${n}`, n: 1 })))
  })

  it('T-40 forged, old, oversized and foreign events are refused and counted, and leave nothing', async () => {
    await using stage = await openHooked({ ...backend(), groups: 1, members: 2 })
    const event: WorldEvent = { t: 1, op: 'member.leave', group: G, account: 'x' }
    const query = deliveryOf(stage.app, TOKEN, event, 1)?.query ?? ''
    const post = async (parameters: string, body = '{}') =>
      (await fetch(stage.url + parameters, { method: 'POST', body })).status
    expect(await post(query.replace(/Sign=\w/, 'Sign=x'))).toBe(401)
    expect(await post('')).toBe(401)
    expect(await post(query.replace(/SdkAppid=\d+/, 'SdkAppid=7'))).toBe(401)
    expect(await post(query, 'no json')).toBe(400)
    expect(await post(query, `{"a":"${'x'.repeat(1024 * 1024)}"}`)).toBe(413)
    const elsewhere = await fetch(stage.url.replace('/acme', '/other'), { method: 'POST', body: '{}' })
    expect(elsewhere.status).toBe(404)
    expect(await Promise.all(['signature', 'app', 'body', 'oversized', 'hint'].map(stage.metric))).toEqual([
      2, 1, 1, 1, 0,
    ])
    expect(await rows(stage, 'SELECT FROM rollcall.hint')).toEqual([])
    expect(await looks(stage)).toEqual([])
  })

  it('a receiver that stops: what it has answered for is looked at by the watch', async () => {
    await using stage = await openHooked({ ...backend(), groups: 2, members: 2 }, 60_000)
    expect((await stage.tell({ t: 1, op: 'member.leave', group: G, account: 'x' })).status).toBe(200)
    await stage.hooks[Symbol.asyncDispose]()
    expect(await looks(stage)).toEqual([])
    await stage.pool.query(`UPDATE rollcall.hint SET hinted_at = hinted_at - interval '1 minute'`)
    await until(async () => (await looks(stage)).length === 1)
  })

  it('events lost, repeated and out of order: never a wrong row, and the next sync knows what was lost', async () => {
    await using stage = await openHooked({ ...backend(), groups: 8, members: 6 })
    const random = createRandom(11)
    const webhooks = startWebhooks(stage.app, {
      url: stage.url,
      secret: TOKEN,
      lose: 0.3,
      repeat: 0.3,
      reorder: 0.5,
      delayMs: 300,
      random,
    })
    for (let n = 0; n < 60; n++) {
      const group = `@TGS#g${random.int(8)}`
      const member = [...(stage.world.groups.get(group)?.members.keys() ?? [])].at(-1)
      if (member !== undefined && random.chance(0.4)) stage.world.leave(group, member)
      else stage.world.join(group, `new${n}`)
      await sleep(20)
    }
    await until(async () => (await rows(stage, 'SELECT FROM rollcall.hint')).length === 0)
    await webhooks[Symbol.asyncDispose]()
    await stage.answered(await stage.ask(null))
    const truth = [...stage.world.groups.values()].map(({ groupId, members }) => [groupId, [...members.keys()].sort()])
    const shown = Object.entries(await shownRoll(stage.pool)).map(([groupId, { members }]) => [
      groupId,
      Object.keys(members).sort(),
    ])
    const inOrder = (rolls: typeof shown) => new Map(rolls.map(([groupId, accounts]) => [groupId, accounts]))
    expect(inOrder(shown)).toEqual(inOrder(truth))
    const gone = stage.world.events
      .filter(({ op }) => op === 'member.leave')
      .map((event) => ('account' in event ? event.account : ''))
    const left = await rows<{ account_id: string }>(
      stage,
      `SELECT account_id FROM rollcall.member_changes WHERE kind = 'left'`,
    )
    expect(left.filter(({ account_id: account }) => !gone.includes(account))).toEqual([])
  })

  it('an ask may name thousands of groups', async () => {
    await using stage = await openStage({ ...backend(), groups: 1, members: 1 })
    const random = createRandom(5)
    const groups = Array.from(
      { length: 3_000 },
      (_, n) => `@TGS#${n}-${random.int(1e9).toString(36)}${random.int(1e9).toString(36)}`,
    )
    const ask = () =>
      addAsk(stage.pool, stage.sourceNo, { trigger: 'manual', scope: { groups, accounts: [] }, urgent: false })
    expect(await ask()).toBe(await ask())
    await addHints(
      stage.pool,
      stage.sourceNo,
      groups.map((id) => ({ groupIds: [id], moves: [] })),
    )
    expect(await rows(stage, 'SELECT count(*)::int AS n FROM rollcall.hint')).toEqual([{ n: 3_000 }])
  })
}
