import { expect, test } from 'vitest'
import { manualClock } from '../../src/simulator/clock.ts'
import type { EasemobApp } from '../../src/simulator/easemob/index.ts'
import { generateWorld } from '../../src/simulator/generate.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { churn } from '../../src/simulator/live.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { truth } from '../../src/simulator/state.ts'
import type { TencentApp } from '../../src/simulator/tencent/index.ts'
import type { YunxinApp } from '../../src/simulator/yunxin/index.ts'
import { ask, GRANT } from './easemobClient.ts'
import { APP_ID, KEY as TENCENT_KEY, post } from './tencentClient.ts'
import { KEY, SECRET, signed } from './yunxinClient.ts'

type Row = readonly [account: string, ...unknown[]]
const byAccount = (a: Row, b: Row) => (a[0] < b[0] ? -1 : 1)
const TYPES = ['Public', 'Private', 'super', 'Public']

test('one world, with hostile names and ids beyond 2^53, is the same through all three vendors', async () => {
  const clock = manualClock(Date.UTC(2024, 0, 1))
  const world = generateWorld({ seed: 4, groups: 40, accounts: 900, clock, idStyle: 'digits', types: TYPES })
  churn(world, createRandom(2), 1500)
  expect([...world.groups.keys()].some((id) => BigInt(id) > 2n ** 53n)).toBe(true)
  const tencent: TencentApp = {
    vendor: 'tencent',
    name: 't',
    sdkAppId: APP_ID,
    secretKey: TENCENT_KEY,
    admins: ['administrator'],
    world,
    limits: 'off',
  }
  const easemob: EasemobApp = {
    vendor: 'easemob',
    name: 'e',
    orgName: 'acme',
    appName: 'im',
    clientId: GRANT.client_id,
    clientSecret: GRANT.client_secret,
    world,
    limits: 'off',
  }
  const yunxin: YunxinApp = { vendor: 'yunxin', name: 'y', appKey: KEY, appSecret: SECRET, world, limits: 'off' }
  await using simulator = await startSimulator({ apps: [tencent, easemob, yunxin] })
  const base = `${simulator.url}/acme/im`
  const token = await ask(`${base}/token`, { method: 'POST', body: JSON.stringify(GRANT) })
  const headers = { authorization: `Bearer ${token.json.access_token}` }
  const ids = (await ask(`${base}/chatgroups?limit=1000`, { headers })).json.data.map(
    (row: { groupid: string }) => row.groupid,
  )
  const right = truth(world)
  expect(ids.toSorted()).toEqual(Object.keys(right))

  for (const id of ids) {
    const group = right[id]
    if (!group) throw new Error(`no group ${id}`)
    const want = Object.entries(group.members).map(([account, { role, joinedAt }]) => [account, role, joinedAt])

    const listed = await post(simulator.url, 'get_group_member_info', { GroupId: id })
    const tencentRows = listed.json.MemberList.map((row: Record<string, unknown>) => [
      row['Member_Account'],
      row['Role'],
    ])
    expect(tencentRows.toSorted(byAccount)).toEqual(want.map((row) => row.slice(0, 2)))

    const rows = (await ask(`${base}/chatgroups/${id}/users?joined_time=true`, { headers })).json.data
    const admins = (await ask(`${base}/chatgroups/${id}/admin`, { headers })).json.data
    const easemobRows = rows.map((row: { owner?: string; member?: string; joined_time: number }) => {
      const plain = admins.includes(row.member) ? 'Admin' : 'Member'
      return [row.owner ?? row.member, row.owner ? 'Owner' : plain, row.joined_time]
    })
    expect(easemobRows.toSorted(byAccount)).toEqual(want)
    const detail = (await ask(`${base}/chatgroups/${id}`, { headers })).json.data[0]
    expect([detail.name, detail.affiliations.length]).toEqual([group.name, want.length])

    const type = group.type === 'super' ? 2 : 1
    const yunxinRows: Row[] = []
    for (let next = ''; ; ) {
      const query = `team_type=${type}&limit=100&page_token=${encodeURIComponent(next)}`
      const url = `${simulator.url}/im/v2.1/teams/${id}/actions/list_members?${query}`
      const { data } = (await ask(url, { headers: signed() })).json
      for (const row of data.items)
        yunxinRows.push([row.account_id, ['Member', 'Owner', 'Admin'][row.member_role], row.join_time])
      if (!data.has_more) break
      next = data.next_token
    }
    expect(yunxinRows.toSorted(byAccount)).toEqual(want)
  }
})
