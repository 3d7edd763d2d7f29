import { expect, test } from 'vitest'
import { signed, yunxinSimulator } from './yunxinClient.ts'

const PATH = '/teams/17889?team_type=1'
const VECTOR = {
  AppKey: 'fixture-app-key',
  Nonce: '4tgggergigwow323t23t',
  CurTime: '1443592222',
  CheckSum: '603354a94f62378b80a7326420b5a162d4317135',
}

test('the vector of the documents is good for five minutes either way, with its own secret', async () => {
  let now = 1_443_592_222_000
  await using sim = await yunxinSimulator({}, {}, { wallClock: { now: () => now } })
  const code = async () => (await sim.get(PATH, VECTOR)).code
  expect(await code()).toBe(108404)
  now += 300_000
  expect(await code()).toBe(108404)
  now += 1
  expect(await code()).toBe(414)
  now -= 600_002
  expect(await code()).toBe(414)
  now += 300_000
  sim.app.appSecret = 'another'
  expect(await code()).toBe(414)
})

test.each([
  ['wrong secret', signed({ secret: 'x' }), 414],
  ['a long nonce', signed({ nonce: 'n'.repeat(129) }), 414],
  ['no nonce', signed({ nonce: '' }), 414],
  ['milliseconds', signed({ time: Date.now() }), 414],
  ['upper case', { ...signed(), CheckSum: signed().CheckSum.toUpperCase() }, 414],
  ['a short sum', { ...signed(), CheckSum: 'abc' }, 414],
  ['no headers', {}, 414],
  ['another app', signed({ key: 'other' }), 101303],
])('%s', async (_, headers, code) => {
  await using sim = await yunxinSimulator()
  expect(await sim.get(PATH, headers)).toMatchObject({ status: 200, code, json: { msg: expect.any(String), data: {} } })
})

test('a repeated Nonce or trace id is refused by switch, an unknown AppKey is 403 by another', async () => {
  await using sim = await yunxinSimulator()
  const headers = signed()
  expect([(await sim.get(PATH, headers)).code, (await sim.get(PATH, headers)).code]).toEqual([108404, 108404])
  sim.app.quirks = { refuseRepeatedNonce: true, unknownAppKeyCode: 403 }
  expect([(await sim.get(PATH, headers)).code, (await sim.get(PATH, headers)).code]).toEqual([108404, 414])
  const traced = async () => (await sim.get(PATH, { ...signed(), 'X-custom-traceid': 'one' })).code
  expect([await traced(), await traced()]).toEqual([108404, 414])
  expect((await sim.get(PATH, signed({ key: 'other' }))).code).toBe(403)
})
