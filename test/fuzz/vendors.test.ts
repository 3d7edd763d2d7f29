import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { VendorError } from '../../src/core/errors.ts'
import { edits, shownState } from '../../src/core/diff.ts'
import { groupPrint, memberPrint } from '../../src/core/fingerprint.ts'
import type { Group, GroupHint } from '../../src/core/group.ts'
import { type BadRecord, type Member, ROLES } from '../../src/core/member.ts'
import { createMemoryLimiter } from '../../src/limits/memory.ts'
import { realClock } from '../../src/simulator/clock.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { createVendor } from '../../src/vendors/index.ts'
import type { HttpAnswer, Send, Vendor } from '../../src/vendors/types.ts'
import { someone } from '../core/arbitrary.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { RUNS } from './runs.ts'
import { soiled } from './mutate.ts'

/**
 * Whatever a vendor answers, the adapter gives values that the store can take, or a classified error; it never crashes,
 * hangs or leaves a rejection behind. The documents are real answers of the simulated vendors, a few places made strange.
 */

const clock = { now: () => Date.UTC(2026, 0, 2) }
const signal = new AbortController().signal
const MOST_CALLS = 300
const never: unknown[] = []
const onRejection = (reason: unknown) => void never.push(reason)
beforeAll(() => void process.on('unhandledRejection', onRejection))
afterAll(() => {
  process.off('unhandledRejection', onRejection)
  if (never.length > 0) throw new Error(`${never.length} rejections that nobody took: ${String(never[0])}`)
})

interface Tape {
  readonly endpoint: string
  readonly answer: HttpAnswer
}

/** One sound answer of each endpoint. */
async function record(kind: (typeof VENDORS)[number]) {
  const world = createWorld(realClock)
  const dialect = DIALECTS[kind]
  for (let g = 0; g < 3; g++) {
    world.createGroup({ groupId: dialect.groupId(g), type: dialect.types[0] ?? '', name: `group ${g}` })
    for (let m = 0; m < 4; m++)
      world.join(dialect.groupId(g), `u${m}`, { role: m === 0 ? 'Owner' : m === 1 ? 'Admin' : 'Member', nameCard: 'x' })
  }
  await using sim = await startSimulator({ apps: [dialect.app(world)] })
  const rates = new Proxy<Record<string, number>>({}, { get: () => Number.POSITIVE_INFINITY })
  await using transport = createTransport({ source: 'acme', limiter: createMemoryLimiter(), rates, timeoutMs: 5000 })
  const tapes: Tape[] = []
  const send: Send = (call, abort) =>
    transport.send(
      {
        ...call,
        parse(answer) {
          tapes.push({ endpoint: call.endpoint, answer })
          return call.parse(answer)
        },
      },
      abort,
    )
  const vendor = createVendor(dialect.config(sim.url), { send, clock: { now: () => Date.now() } })
  const hints = [0, 1, 2].map((g): GroupHint => ({ groupId: dialect.groupId(g), known: true }))
  const found = (await vendor.details(hints, signal)).flatMap((answer) =>
    answer.kind === 'found' ? [answer.group] : [],
  )
  const [group] = found
  if (group === undefined) throw new Error('nothing recorded')
  await Promise.all(methods(vendor, hints, group).map((method) => method().catch(() => null)))
  return { tapes, hints, group, url: sim.url }
}

/** Everything that an adapter can be asked. */
function methods(vendor: Vendor, hints: readonly GroupHint[], group: Group): (() => Promise<unknown[]>)[] {
  const drain = async (pages: AsyncIterable<readonly GroupHint[]>) => {
    const seen: GroupHint[] = []
    for await (const page of pages) seen.push(...page)
    return seen
  }
  const plan = vendor.walkPlan(group)
  const position = {
    offset: { kind: 'offset', offset: 0 },
    token: { kind: 'token', token: null },
    page: { kind: 'page', page: plan?.firstPage ?? 1 },
  } as const
  return [
    async () => [...(await vendor.details(hints, signal))],
    async () => [await vendor.memberPage(group, position[plan?.kind ?? 'offset'], plan?.pageSize ?? 10, signal)],
    async () => (vendor.listGroups === undefined ? [] : drain(vendor.listGroups(signal))),
    async () => drain(vendor.joinedGroups('u1', signal)),
    async () => [...((await vendor.confirm?.(group, ['u1', 'u9'], signal)) ?? [])],
    async () => [(await vendor.overlay?.(group, signal))?.(someone('u1'))],
  ]
}

const ofTape = ({ answer }: Tape): unknown => {
  try {
    return JSON.parse(answer.text) as unknown
  } catch {
    return answer.text
  }
}

describe.each(VENDORS)('%s', (kind) => {
  test(`${RUNS.vendor} answers: a value that can be stored, or a VendorError`, async () => {
    const { tapes, hints, group, url } = await record(kind)
    const sound = new Map(tapes.map((tape) => [tape.endpoint, tape]))
    const soil = tapes.map((tape) => soiled(ofTape(tape)).map((text) => ({ tape, text })))
    const status = fc.constantFrom(200, 200, 200, 200, 200, 200, 204, 302, 400, 401, 403, 404, 413, 429, 500, 502, 503)
    await fc.assert(
      fc.asyncProperty(fc.oneof(...soil), status, fc.nat(5), async ({ tape, text }, code, which) => {
        let calls = 0
        const send: Send = async (call) => {
          if (++calls > MOST_CALLS) throw new Error(`${tape.endpoint} is asked for ever`)
          await call.request()
          const answer = sound.get(call.endpoint) ?? tape
          return call.parse(call.endpoint === tape.endpoint ? { ...tape.answer, status: code, text } : answer.answer)
        }
        const vendor = createVendor(DIALECTS[kind].config(url), { send, clock, random: () => 0.5 })
        const method = methods(vendor, hints, group)[which]
        const values = await method?.().catch((error: unknown) => {
          if (error instanceof VendorError) return []
          throw error
        })
        for (const value of values ?? []) storable(value)
      }),
      { numRuns: RUNS.vendor, ...(RUNS.seed === null ? {} : { seed: RUNS.seed }) },
    )
  }, 3_600_000)
})

/** Throws where the store, the history or the output could not take a value. */
function storable(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if ('accountId' in value && 'role' in value) return member(value as Member)
  if ('field' in value && 'reason' in value) return bad(value as BadRecord)
  if ('groupId' in value && typeof value.groupId === 'string') clean(value.groupId)
  if ('group' in value && typeof value.group === 'object') whole(value.group as Group)
  for (const list of ['rows', 'members', 'bad', 'roster'] as const) {
    const items = (value as Record<string, unknown>)[list]
    if (Array.isArray(items)) for (const item of items) storable(item)
  }
}

function member(row: Member): void {
  if (row.accountId === '') throw new Error('an account without a name')
  if (!ROLES.includes(row.role)) throw new Error(`no role ${row.role}`)
  for (const time of [row.joinedAt, row.mutedUntil, row.lastSpokeAt]) moment(time)
  clean([row.accountId, row.nameCard, row.attributes, row.live])
  memberPrint(row)
  shownState(row)
  expect(edits(row, row)).toEqual([])
}

function whole(group: Group): void {
  moment(group.createdAt)
  if (group.memberCount !== null && !(Number.isSafeInteger(group.memberCount) && group.memberCount >= 0))
    throw new Error(`a group of ${group.memberCount}`)
  for (const count of [group.memberCount, group.maxMembers])
    if (count !== null && (!Number.isInteger(count) || Math.abs(count) > 2 ** 31 - 1))
      throw new Error(`no integer: ${count}`)
  clean([group.groupId, group.type, group.name, group.ownerId, group.attributes, group.live])
  groupPrint(group)
}

function bad({ accountId, field, reason }: BadRecord): void {
  clean([accountId, field, reason])
  if (field === '' || reason === '') throw new Error('a record aside without a word on why')
}

function moment(time: number | null | undefined): void {
  if (time === null || time === undefined || time === Number.POSITIVE_INFINITY) return
  if (!(Math.abs(time) <= 8.64e15)) throw new Error(`no moment: ${time}`)
  const year = new Date(time).getUTCFullYear()
  if (year < -4000 || year > 290_000) throw new Error(`PostgreSQL has no year ${year}`)
}

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** PostgreSQL takes neither U+0000 nor half a surrogate pair, in texts and in keys. */
function clean(value: unknown): void {
  if (typeof value === 'string' && (value.includes('\u0000') || LONE.test(value)))
    throw new Error(`not storable: ${value}`)
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    clean(key)
    clean(inner)
  }
}
