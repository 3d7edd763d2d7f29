import { expect, test } from 'vitest'
import { KEY, tencentSimulator, userSig } from './tencentClient.ts'

const INFO = 'get_group_info'
const BODY = { GroupIdList: ['@TGS#1'] }
const VECTOR =
  'eJwtisEKwjAQBf9lr0pNbG0l4FFEakEx4jmabVmkNSSrFMV-F5q825uZL*jDOXujBwXLTMB8*mRxYGppwsb2NFBgb-jpUxDswzhHFpQsRJyMBkdHHkGty0KIiJh6BCWrFCYaqAMFZd1*MHdsj80pD6O*vFa3rqx2e31tWpQDN4u6K7azO4cN-P7HKzQQ'

test('the UserSig of the documents is good at its time, and the SecretKey that made it is checked', async () => {
  const wallClock = { now: () => 1_700_000_000_000 }
  await using sim = await tencentSimulator({}, {}, { wallClock })
  expect((await sim.call(INFO, BODY, { usersig: VECTOR })).code).toBe(0)
  sim.app.secretKey = 'another'
  expect((await sim.call(INFO, BODY, { usersig: VECTOR })).code).toBe(70009)
})

test.each([
  ['good', {}, 0],
  ['expired', { usersig: userSig({ time: 1_600_000_000 }) }, 70001],
  ['empty', { usersig: '' }, 70002],
  ['cut off', { usersig: userSig().slice(0, 60) }, 70003],
  ['not a signature', { usersig: 'a b' }, 70003],
  ['wrong key', { usersig: userSig({ key: `${KEY}x` }) }, 70009],
  ['of another identifier', { usersig: userSig({ id: 'bob' }) }, 70013],
  ['of another app', { usersig: userSig({ app: 1400000002 }) }, 70014],
  ['no admin', { usersig: userSig({ id: 'bob' }), identifier: 'bob' }, 60010],
  ['no sdkappid', { sdkappid: undefined }, 60012],
  ['upper case name', { sdkappid: undefined, SdkAppid: '1400000001' }, 60012],
  ['unknown app', { sdkappid: '1' }, 60006],
  ['random too large', { random: '4294967296' }, 60025],
  ['no random', { random: undefined }, 60025],
  ['no contenttype', { contenttype: undefined }, 60025],
])('%s', async (_, query, code) => {
  await using sim = await tencentSimulator()
  const answer = await sim.call(INFO, BODY, query)
  expect(answer).toMatchObject({ status: 200, code })
  expect(answer.json.ActionStatus).toBe(code === 0 ? 'OK' : 'FAIL')
})

test('a host of another region, and bodies that are no JSON or no object', async () => {
  await using sim = await tencentSimulator()
  expect((await sim.call(INFO, '{"GroupIdList":')).code).toBe(60003)
  expect((await sim.call(INFO, '[]')).code).toBe(10004)
  expect((await sim.call('get_nothing', {})).code).toBe(10003)
  sim.app.quirks = { wrongRegion: true }
  expect((await sim.call(INFO, BODY)).code).toBe(60026)
})

test('too many bad signatures close the app for a minute', async () => {
  let now = Date.now()
  await using sim = await tencentSimulator({ badSignatureLimit: 2 }, {}, { wallClock: { now: () => now } })
  const usersig = userSig({ key: 'wrong' })
  expect((await sim.call(INFO, BODY, { usersig })).code).toBe(70009)
  expect((await sim.call(INFO, BODY, { usersig })).code).toBe(70009)
  expect((await sim.call(INFO, BODY)).code).toBe(70050)
  now += 60_000
  expect((await sim.call(INFO, BODY)).code).toBe(0)
})
