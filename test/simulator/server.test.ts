import { expect, test } from 'vitest'
import { tencentSimulator } from './tencentClient.ts'

const LIST = 'get_appid_group_list'
const INFO = 'get_group_info'

test('limits hold in every sliding second, and the peak rate shows the rush', async () => {
  let now = Date.now()
  await using sim = await tencentSimulator({}, { limits: { getGroupInfo: 2 } }, { wallClock: { now: () => now } })
  const codes: number[] = []
  for (const step of [0, 600, 300, 150, 0]) {
    now += step
    codes.push((await sim.call(INFO, { GroupIdList: ['g'] })).code)
  }
  // The third comes 900 ms after the first; at 1050 ms the first is out of the second and one more fits.
  expect(codes).toEqual([0, 0, 60007, 0, 60007])
  expect((await sim.call(LIST, {})).code).toBe(0)
  sim.app.quirks = { limitCode: { getAppidGroupList: 60018 } }
  expect((await sim.call(LIST, {})).code).toBe(60018)
  expect(sim.simulator.peakRates()).toEqual({ 'acme/getGroupInfo': 4, 'acme/getAppidGroupList': 2 })
  expect(sim.simulator.counts()['acme/getGroupInfo']).toEqual({ total: 5, '0': 3, refused: 2 })
  expect(sim.simulator.seen.at(-1)).toMatchObject({ app: 'acme', endpoint: 'getAppidGroupList', answer: 'refused' })
})

test('faults by name, times, endpoint and group', async () => {
  await using sim = await tencentSimulator()
  sim.world.createGroup({ groupId: 'a' })
  const info = (id = 'a') => sim.call(INFO, { GroupIdList: [id] })
  const { simulator } = sim
  simulator.addFault({ name: '10002', times: 2, endpoint: 'getGroupInfo', groupId: 'a' })
  expect((await info('b')).code).toBe(0)
  expect((await sim.call(LIST, {})).code).toBe(0)
  expect([(await info()).code, (await info()).code, (await info()).code]).toEqual([10002, 10002, 0])
  for (const [name, status] of Object.entries({ http502: 502, http503: 503, http429: 429, html: 200, empty: 200 })) {
    simulator.addFault({ name, times: 1 })
    const answer = await info()
    expect(answer, name).toMatchObject({ status, json: null })
    expect(answer.text.startsWith('<html>'), name).toBe(name !== 'empty')
  }
  simulator.addFault({ name: 'truncate', times: 1 })
  expect(await info()).toMatchObject({ status: 200, json: null, text: expect.stringContaining('{"ActionStatus"') })
  simulator.addFault({ name: 'slow', times: 1, delayMs: 30 })
  const before = Date.now()
  expect((await info()).code).toBe(0)
  expect(Date.now() - before).toBeGreaterThanOrEqual(25)
  simulator.addFault({ name: 'reset', times: 1 })
  await expect(info()).rejects.toThrow()
  expect(() => simulator.addFault({ name: 'htpp502' })).toThrow('no fault htpp502')
  expect(() => simulator.addFault({ name: 'html', rate: 5 })).toThrow('between 0 and 1')
})

test('a timeout never answers, and does not keep the server from closing', async () => {
  const sim = await tencentSimulator()
  sim.simulator.addFault({ name: 'timeout' })
  const pending = sim.call(LIST, {}).then(
    () => 'answered',
    () => 'gave up',
  )
  await expect.poll(() => sim.simulator.seen.length).toBe(1)
  await sim.simulator.close()
  expect(await pending).toBe('gave up')
})

test('a rate strikes its share, the same for the same seed', async () => {
  const strikes = async () => {
    await using sim = await tencentSimulator({}, {}, { seed: 5 })
    sim.simulator.addFault({ name: '60008', rate: 0.3 })
    const codes: number[] = []
    for (let n = 0; n < 60; n++) codes.push((await sim.call(LIST, {})).code)
    return codes
  }
  const one = await strikes()
  expect(one.filter((code) => code === 60008).length).toBeGreaterThan(8)
  expect(one.filter((code) => code === 60008).length).toBeLessThan(30)
  expect(await strikes()).toEqual(one)
})

test('a hook changes the world between two pages: one member is skipped', async () => {
  await using sim = await tencentSimulator()
  sim.world.createGroup({ groupId: 'g' })
  for (let n = 0; n < 4; n++) sim.world.join('g', `u${n}`)
  const pages: unknown[] = []
  const unhook = sim.simulator.onPage((info) => {
    pages.push(info)
    if (info.page === 0) sim.world.leave('g', 'u0')
  })
  const page = async (Offset: number) => {
    const { json } = await sim.call('get_group_member_info', { GroupId: 'g', Limit: 2, Offset })
    return json.MemberList.map((row: { Member_Account: string }) => row.Member_Account)
  }
  expect([...(await page(0)), ...(await page(2))]).toEqual(['u0', 'u1', 'u3'])
  const info = { app: 'acme', endpoint: 'getGroupMemberInfo', groupId: 'g' }
  expect(pages).toEqual([
    { ...info, page: 0, offset: 0 },
    { ...info, page: 1, offset: 2 },
  ])
  unhook()
  await page(0)
  expect(pages).toHaveLength(2)
})

test('what was seen is kept for tests to look at, the last ones only', async () => {
  await using sim = await tencentSimulator({}, {}, { keepSeen: 3 })
  for (let n = 0; n < 10; n++) await sim.call(INFO, { GroupIdList: [`g${n}`, 'x'] })
  expect(sim.simulator.seen.map((seen) => seen.groupIds[0])).toEqual(['g7', 'g8', 'g9'])
  expect(sim.simulator.seen[0]).toMatchObject({ account: null, query: { identifier: 'administrator' }, answer: '0' })
  expect(sim.simulator.counts()['acme/getGroupInfo']?.total).toBe(10)
  sim.simulator.clearSeen()
  expect(sim.simulator.seen).toEqual([])
})
