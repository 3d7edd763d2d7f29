import pLimit from 'p-limit'
import type { GroupHint } from '../src/core/group.ts'
import { memberPrint } from '../src/core/fingerprint.ts'
import { createRuns } from '../src/store/runs.ts'
import { readDetails } from '../src/sync/read-details.ts'
import { syncSource } from '../src/sync/sync-source.ts'
import { walkGroup } from '../src/sync/walk-group.ts'
import { parseMembers } from '../src/vendors/tencent/parse-member.ts'
import type { Vendor } from '../src/vendors/types.ts'
import { rollOf } from './data.ts'
import type { Section } from './figures.ts'
import { median, type Stage, timed } from './stage.ts'
import { client, serve } from './vendor.ts'

const never = () => new AbortController().signal
const log = { info: () => {}, warn: () => {} }

/** Target 4: end to end against the simulator in its own process. */
export async function measureHttp(stage: Stage, memberships: number, rounds: number): Promise<Section> {
  const groups = Math.round(memberships / 72)
  await using server = await serve({ heavyTailed: { groups, accounts: memberships / 4, memberships } })
  const fetches: number[] = []
  const loads: number[] = []
  const sames: number[] = []
  const databaseShares: number[] = []
  for (let round = 0; round < rounds; round++) {
    await using first = client(server.url)
    fetches.push(await timed(() => fetchAll(first.vendor)))
    const pool = await stage.database()
    const runs = createRuns(pool)
    await using one = client(server.url)
    const deps = { pool, runs, clock: one.clock, log }
    let busy = 0
    const restore = watch(pool, (ms) => {
      busy += ms
    })
    loads.push(await timed(() => syncSource(deps, one.source, {}, never())))
    sames.push(await timed(() => syncSource(deps, one.source, {}, never())))
    databaseShares.push(busy / 1000 / ((loads.at(-1) ?? 0) + (sames.at(-1) ?? 0)))
    restore()
    await runs[Symbol.asyncDispose]()
    await stage.drop(pool)
  }
  const ratio = (values: readonly number[]) => median(values.map((value, round) => (fetches[round] ?? 0) / value))
  const rate = (values: readonly number[]) => memberships / median(values)
  const parser = parserRatio()
  const printing = printCost()
  return {
    title: `End to end over HTTP, ${memberships.toLocaleString('en')} memberships, simulator in its own process, median of ${rounds}`,
    figures: [
      { name: 'fetch, parse and validate alone', value: rate(fetches), unit: 'members/s' },
      { name: '4 first load', value: rate(loads), unit: 'members/s' },
      { name: '4 first load ÷ fetching alone', value: ratio(loads), unit: '×', atLeast: 0.5 },
      { name: '4 unchanged', value: rate(sames), unit: 'members/s' },
      { name: '4 unchanged ÷ fetching alone', value: ratio(sames), unit: '×', atLeast: 0.8 },
      { name: 'share of fetching in a first load', value: 100 * ratio(loads), unit: '%', digits: 0 },
      { name: 'share of fetching in an unchanged sync', value: 100 * ratio(sames), unit: '%', digits: 0 },
      { name: 'time with a transaction open', value: 100 * median(databaseShares), unit: '%', digits: 0 },
      { name: 'fingerprint, CPU a member', value: printing, unit: 'µs' },
      { name: '4 parser ÷ JSON.parse and reading the fields', value: parser, unit: '×', atLeast: 1 },
    ],
  }
}

/** What a sync asks of the vendor, without comparing or writing anything. */
async function fetchAll(vendor: Vendor): Promise<number> {
  const signal = never()
  const hints: GroupHint[] = []
  for await (const page of vendor.listGroups?.(signal) ?? []) hints.push(...page)
  const batches = pLimit(16)
  const walks = pLimit(16)
  let members = 0
  await Promise.all(
    vendor.pack(hints).map((batch) =>
      batches(async () => {
        const open = []
        for (const answer of await readDetails(vendor, batch, signal)) {
          if (answer.kind !== 'found') continue
          const plan = vendor.walkPlan(answer.group)
          if (answer.members !== null && answer.members.length === answer.group.memberCount)
            members += answer.members.length
          else if (plan !== null)
            open.push(walks(async () => (await walkGroup(vendor, answer.group, plan, signal)).members))
        }
        for (const walked of await Promise.all(open)) members += walked.length
      }),
    ),
  )
  return members
}

/** Milliseconds in which at least one transaction is open. */
function watch(pool: import('pg').Pool, busy: (ms: number) => void): () => void {
  const connect = pool.connect.bind(pool)
  let open = 0
  let since = 0
  const watched = async (callback?: Parameters<typeof connect>[0]) => {
    if (callback !== undefined) return connect(callback) // pool.query: a single read
    const lent = await connect()
    if (open++ === 0) since = performance.now()
    const release = lent.release.bind(lent)
    lent.release = (error) => {
      lent.release = release
      if (--open === 0) busy(performance.now() - since)
      return release(error)
    }
    return lent
  }
  Object.assign(pool, { connect: watched })
  return () => void Object.assign(pool, { connect })
}

/** Our parser against the least that could be done: JSON.parse, then touching the fields that are kept. */
function parserRatio(): number {
  const text = JSON.stringify({
    MemberNum: 3000,
    MemberList: rollOf(1, 3000, 300_007).members.map((member) => ({
      Member_Account: member.accountId,
      Role: 'Member',
      JoinTime: Math.floor((member.joinedAt ?? 0) / 1000),
      MsgSeq: 17,
      MsgFlag: 'AcceptAndNotify',
      LastSendMsgTime: 1_700_000_000,
      MuteUntil: 0,
      NameCard: member.nameCard ?? '',
    })),
  })
  type Wire = Record<string, string | number>
  const least = () => {
    const { MemberList } = JSON.parse(text) as { MemberList: Wire[] }
    return MemberList.map((raw) => ({
      accountId: raw['Member_Account'],
      role: raw['Role'],
      joinedAt: raw['JoinTime'],
      seq: raw['MsgSeq'],
      flag: raw['MsgFlag'],
      spoke: raw['LastSendMsgTime'],
      muted: raw['MuteUntil'],
      card: raw['NameCard'],
    }))
  }
  const rules = { now: Date.now(), custom: undefined }
  const ours = () => parseMembers((JSON.parse(text) as { MemberList: unknown }).MemberList, rules).rows
  const cost = (work: () => unknown) => {
    const started = process.cpuUsage()
    for (let round = 0; round < 20; round++) work()
    return process.cpuUsage(started).user
  }
  const ratios: number[] = []
  for (let round = 0; round < 15; round++) ratios.push(cost(least) / cost(ours))
  return median(ratios.slice(5))
}

function printCost(): number {
  const { members } = rollOf(2, 50_000, 300_007)
  const costs: number[] = []
  for (let round = 0; round < 5; round++) {
    const started = process.cpuUsage()
    for (const member of members) memberPrint(member)
    costs.push(process.cpuUsage(started).user / members.length)
  }
  return median(costs)
}

/** Target 7: calls for many small groups, against the fewest that 50 groups and 1 MB an answer allow. */
export async function measureCalls(stage: Stage, groups: number): Promise<Section> {
  const sizes = Array.from({ length: 196 }, (_, index) => 5 + ((index * 61) % 196))
  await using server = await serve({ even: { groups, sizes } })
  const pool = await stage.database()
  const runs = createRuns(pool)
  const figures = []
  await using one = client(server.url)
  for (const name of ['first sync', 'second sync']) {
    const before = one.bytes['getGroupInfo'] ?? 0
    const result = await syncSource({ pool, runs, clock: one.clock, log }, one.source, {}, never())
    const calls = Object.values(result.calls).reduce((sum, count) => sum + count, 0)
    const bytes = (one.bytes['getGroupInfo'] ?? 0) - before
    const fewest = Math.ceil(groups / 10_000) + Math.max(Math.ceil(groups / 50), Math.ceil(bytes / 1_048_576))
    figures.push(
      { name: `7 calls, ${name}`, value: calls, unit: '', digits: 0, note: JSON.stringify(result.calls) },
      {
        name: `7 calls ÷ fewest, ${name}`,
        value: calls / fewest,
        unit: '×',
        ...(name === 'second sync' ? { atMost: 1.1 } : {}),
        note: `fewest ${fewest}: a list page of 10,000 groups, and ${groups} groups ÷ 50 or ${(bytes / 2 ** 20).toFixed(1)} MB ÷ 1 MB`,
      },
    )
  }
  await runs[Symbol.asyncDispose]()
  await stage.drop(pool)
  return { title: `Calls for ${groups.toLocaleString('en')} groups of 5 to 200 members`, figures }
}
