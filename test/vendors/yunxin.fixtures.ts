import type { Group, GroupAnswer, GroupHint } from '../../src/core/group.ts'
import { createWorld } from '../../src/simulator/world.ts'
import type { YunxinApp } from '../../src/simulator/yunxin/index.ts'
import type { HttpAnswer, Vendor } from '../../src/vendors/types.ts'
import type { YunxinConfig } from '../../src/vendors/yunxin/config.ts'
import { createYunxin } from '../../src/vendors/yunxin/yunxin.ts'
import { connect } from './socket.ts'

export const NOW = Date.UTC(2026, 0, 1)
export const CONFIG: YunxinConfig = {
  baseUrl: 'https://open.yunxinapi.com',
  appKey: 'fixture-app-key',
  appSecret: 'fixture-app-secret-0123456789abcdef',
  teamTypes: [1, 2],
}

export const ids = (count: number, from = 1000): string[] => Array.from({ length: count }, (_, n) => String(n + from))
export const hints = (groupIds: readonly string[], more: Partial<GroupHint> = {}): GroupHint[] =>
  groupIds.map((groupId) => ({ groupId, known: true, ...more }))
export const kinds = (answers: readonly GroupAnswer[]) => answers.map(({ kind }) => kind)

export async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = []
  for await (const page of pages) items.push(...page)
  return items
}

export async function groupOf(
  { vendor, signal }: { readonly vendor: Vendor; readonly signal: AbortSignal },
  groupId: string,
): Promise<Group> {
  const [answer] = await vendor.details([{ groupId }], signal)
  if (answer?.kind !== 'found') throw new Error(`${groupId} is ${answer?.kind}`)
  return answer.group
}

/** An adapter whose calls are answered in turn, without a network: the answers that no simulator gives. */
export function scripted(answers: readonly (Partial<HttpAnswer> | Record<string, unknown>)[], config = CONFIG) {
  const asked: { endpoint: string; url: URL; headers: Readonly<Record<string, string>> }[] = []
  const left = [...answers]
  const vendor = createYunxin(config, {
    clock: { now: () => NOW },
    async send(call) {
      const { url, headers = {} } = await call.request()
      asked.push({ endpoint: call.endpoint, url: new URL(url), headers })
      const answer = left.shift()
      if (answer === undefined) throw new Error(`no answer left for ${call.endpoint}`)
      const http = 'text' in answer || 'status' in answer ? answer : { text: JSON.stringify(answer) }
      return call.parse({ status: 200, headers: {}, text: '', ...http })
    },
  })
  return { vendor, asked, left, signal: new AbortController().signal }
}

export const ok = (data: unknown) => ({ code: 200, msg: 'success', data })
export const no = (code: number | string, msg = 'no') => ({ code, msg, data: {} })

/** A team as the vendor tells of it, whole. */
export const team = (fields: Record<string, unknown> = {}) => ({
  team_id: 17889,
  owner_account_id: 'alice',
  name: 'test',
  member_count: 12,
  members_limit: 200,
  create_time: 1506652312445,
  update_time: 1521082125400,
  configuration: { join_mode: 0, agree_mode: 1, invite_mode: 1, chat_banned_mode: 0 },
  ...fields,
})

export interface Setting {
  quirks?: YunxinApp['quirks']
  limits?: YunxinApp['limits']
  config?: Partial<YunxinConfig>
  rates?: Record<string, number>
}

/** A simulated app with a world, and an adapter connected to it whose clock may be `ahead` of the vendor's. */
export async function simulate({ quirks = {}, limits = 'off', config = {}, rates = {} }: Setting = {}) {
  const clock = { at: NOW, ahead: 0, now: () => clock.at }
  const world = createWorld(clock)
  const { appKey, appSecret } = CONFIG
  const app: YunxinApp = { vendor: 'yunxin', name: 'acme', appKey, appSecret, world, quirks, limits }
  const own = { now: () => clock.at + clock.ahead }
  const socket = await connect({
    app,
    clock,
    own,
    rates,
    config: (baseUrl) => ({ vendor: 'yunxin', ...CONFIG, baseUrl, ...config }),
  })
  return {
    ...socket,
    clock,
    /** Teams of these ids with members `u0`, `u1`, …, the first of them the owner, who join a second apart. */
    fill(groupIds: readonly string[], members: number, type = 'advanced') {
      for (const groupId of groupIds) {
        world.createGroup({ groupId, type })
        for (let m = 0; m < members; m++) {
          const role = m === 0 ? 'Owner' : m === 1 ? 'Admin' : 'Member'
          world.join(groupId, `u${m}`, { role, joinedAt: NOW - 1_000_000 + m * 1000 })
        }
      }
    },
  }
}
