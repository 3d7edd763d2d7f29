import pLimit from 'p-limit'
import type { Pool } from 'pg'
import type { Group, GroupHint } from '../src/core/group.ts'
import { memberPrint } from '../src/core/fingerprint.ts'
import type { WalkPlan } from '../src/core/walk.ts'
import { createRuns } from '../src/store/runs.ts'
import { readDetails } from '../src/sync/read-details.ts'
import { syncSource } from '../src/sync/sync-source.ts'
import { walkGroup } from '../src/sync/walk-group.ts'
import { parseMembers } from '../src/vendors/tencent/parse-member.ts'
import type { Vendor } from '../src/vendors/types.ts'
import { rollOf } from './data.ts'
import type { Section } from './figures.ts'
import { databaseCpu, median, type Stage, timed } from './stage.ts'
import { client, serve } from './vendor.ts'

const never = () => new AbortController().signal
const log = { info: () => {}, warn: () => {} }

/** Target 4: end to end against the simulator in its own process. */
export async function measureHttp(stage: Stage, memberships: number, rounds: number): Promise<Section> {
  const groups = Math.round(memberships / 72)
  await using server = await serve({ heavyTailed: { groups, accounts: memberships / 4, memberships } })
  const fetches: Cost[] = []
  const again: Cost[] = []
  const loads: Cost[] = []
  const sames: Cost[] = []
  for (let round = 0; round < rounds; round++) {
    const pool = await stage.database()
    const runs = createRuns(pool)
    await using first = client(server.url)
    // What a first sync has to ask, and what one that knows how large the groups are.
    const counts = new Map<string, number | null>()
    fetches.push(await cost(pool, () => fetchAll(first.vendor, counts)))
    again.push(await cost(pool, () => fetchAll(first.vendor, counts)))
    await using one = client(server.url)
    const deps = { pool, runs, clock: one.clock, log }
    loads.push(await cost(pool, () => syncSource(deps, one.source, {}, never())))
    sames.push(await cost(pool, () => syncSource(deps, one.source, {}, never())))
    await runs[Symbol.asyncDispose]()
    await stage.drop(pool)
  }
  const ratio = (fetched: readonly Cost[], synced: readonly Cost[]) =>
    median(synced.map(({ seconds }, round) => (fetched[round]?.seconds ?? 0) / seconds))
  const rate = (costs: readonly Cost[]) => memberships / median(costs.map(({ seconds }) => seconds))
  const steps = (name: string, fetched: readonly Cost[], synced: readonly Cost[]) => {
    const micros = (costs: readonly Cost[], of: 'worker' | 'database') =>
      (1e6 * median(costs.map((one) => one[of]))) / memberships
    const fetching = micros(fetched, 'worker')
    const comparing = Math.max(0, micros(synced, 'worker') - fetching)
    const database = micros(synced, 'database')
    const share = (part: number) => `${Math.round((100 * part) / (fetching + comparing + database))} %`
    return {
      name: `${name}, CPU of worker and database`,
      value: fetching + comparing + database,
      unit: 'µs a member',
      digits: 1,
      note: `fetching, parsing, validating ${share(fetching)}; comparing and sending rows ${share(comparing)}; PostgreSQL ${share(database)}`,
    }
  }
  const parser = parserRatio()
  const printing = printCost()
  return {
    title: `End to end over HTTP, ${memberships.toLocaleString('en')} memberships, simulator in its own process, median of ${rounds}`,
    figures: [
      { name: 'fetch, parse and validate alone', value: rate(fetches), unit: 'members/s' },
      { name: 'the same, sizes known', value: rate(again), unit: 'members/s' },
      { name: '4 first load', value: rate(loads), unit: 'members/s' },
      { name: '4 first load ÷ fetching alone', value: ratio(fetches, loads), unit: '×', atLeast: 0.5 },
      { name: '4 unchanged', value: rate(sames), unit: 'members/s' },
      { name: '4 unchanged ÷ fetching alone', value: ratio(again, sames), unit: '×', atLeast: 0.8 },
      steps('first load', fetches, loads),
      steps('unchanged', again, sames),
      { name: 'fingerprint, CPU a member', value: printing, unit: 'µs' },
      { name: '4 parser ÷ JSON.parse and reading the fields', value: parser, unit: '×', atLeast: 1 },
    ],
  }
}

/** What a sync asks of the vendor, without comparing or writing anything. Notes the groups' counts, and goes by those noted. */
async function fetchAll(vendor: Vendor, counts: Map<string, number | null>): Promise<number> {
  const signal = never()
  const hints: GroupHint[] = []
  for await (const page of vendor.listGroups?.(signal) ?? []) {
    for (const hint of page) {
      const memberCount = counts.get(hint.groupId)
      hints.push(memberCount === undefined ? hint : { ...hint, memberCount, known: true })
    }
  }
  const batches = pLimit(16)
  const walks = pLimit(16)
  let members = 0
  await Promise.all(
    vendor.pack(hints).map((batch) =>
      batches(async () => {
        const open = []
        for (const answer of await readDetails(vendor, batch, signal)) {
          if (answer.kind !== 'found') continue
          counts.set(answer.group.groupId, answer.group.memberCount)
          const plan = vendor.walkPlan(answer.group)
          if (answer.members !== null && answer.members.length === answer.group.memberCount)
            members += answer.members.length
          else if (plan !== null) open.push(walks(() => walked(vendor, answer.group, plan)))
        }
        for (const count of await Promise.all(open)) members += count
      }),
    ),
  )
  return members
}

async function walked(vendor: Vendor, group: Group, plan: WalkPlan): Promise<number> {
  const { members, large } = await walkGroup(vendor, group, plan, never())
  await using _large = large
  return large?.roster.size ?? members.length
}

/** Seconds by the clock, and of CPU in this process and in the database's. */
interface Cost {
  readonly seconds: number
  readonly worker: number
  readonly database: number
}

async function cost(pool: Pool, work: () => Promise<unknown>): Promise<Cost> {
  const before = (await databaseCpu(pool)) ?? 0
  const own = process.cpuUsage()
  const seconds = await timed(work)
  const { user, system } = process.cpuUsage(own)
  return { seconds, worker: (user + system) / 1e6, database: ((await databaseCpu(pool)) ?? 0) - before }
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
  const spent = (work: () => unknown) => {
    const started = process.cpuUsage()
    for (let round = 0; round < 20; round++) work()
    return process.cpuUsage(started).user
  }
  const ratios: number[] = []
  for (let round = 0; round < 15; round++) ratios.push(spent(least) / spent(ours))
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
