import { expect, test } from 'vitest'
import { expireTokens } from '../../src/simulator/easemob/index.ts'
import { ask, easemobSimulator, GRANT } from './easemobClient.ts'

const bearer = (answer: { json: { access_token: string } }) => `Bearer ${answer.json.access_token}`

test('a token for credentials, its life as a number or as text, and 401 when it ends', async () => {
  let now = Date.UTC(2024, 0, 1)
  await using sim = await easemobSimulator({}, {}, { wallClock: { now: () => now } })
  const usual = await sim.token()
  expect(usual.json).toEqual({
    access_token: expect.stringMatching(/^YWMt/),
    expires_in: 5_184_000,
    application: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  })
  const short = await sim.token({ ...GRANT, ttl: '60' })
  const endless = await sim.token({ ...GRANT, ttl: 0 })
  expect([short.json.expires_in, endless.json.expires_in]).toEqual([60, 0])
  const status = async (token: typeof usual) => (await sim.get('/chatgroups', bearer(token))).status
  expect([await status(usual), await status(short), await status(endless)]).toEqual([200, 200, 200])
  now += 60_000
  expect([await status(usual), await status(short), await status(endless)]).toEqual([200, 401, 200])
  now += 5_184_000_000
  const late = await sim.get('/chatgroups', bearer(usual))
  expect(late).toMatchObject({ status: 401, json: { error: 'unauthorized', timestamp: now } })
  expect(late.json.error_description).toContain('expired access token')
  expect(await status(endless)).toBe(200)
  expect(sim.simulator.counts()['ease/token']).toEqual({ total: 3, '200': 3 })
})

test('all tokens can be made to expire now, or earlier than they promise', async () => {
  let now = Date.UTC(2024, 0, 1)
  await using sim = await easemobSimulator({ tokenLife: 10 }, {}, { wallClock: { now: () => now } })
  const token = await sim.token()
  expect((await sim.get('/chatgroups', bearer(token))).status).toBe(200)
  expireTokens(sim.app)
  expect((await sim.get('/chatgroups', bearer(token))).status).toBe(401)
  const next = await sim.token()
  expect((await sim.get('/chatgroups', bearer(next))).status).toBe(200)
  now += 10_000
  expect((await sim.get('/chatgroups', bearer(next))).status).toBe(401)
})

test.each([
  ['no token', 'none', 401, 'unauthorized'],
  ['two spaces', 'Bearer  x', 401, 'unauthorized'],
  ['not one of ours', 'Bearer YWMtabc', 401, 'auth_bad_access_token'],
])('a call with %s', async (_, authorization, status, error) => {
  await using sim = await easemobSimulator()
  expect(await sim.get('/chatgroups', authorization)).toMatchObject({ status, json: { error } })
})

test('a token of another app is not good here', async () => {
  await using sim = await easemobSimulator()
  await using other = await easemobSimulator({}, {}, { apps: [sim.app, { ...sim.app, name: 'two', appName: 'two' }] })
  const token = bearer(await other.token(GRANT, `${other.simulator.url}/acme_x/two`))
  expect(await other.get('/chatgroups', token)).toMatchObject({ status: 401, json: { error: 'auth_bad_access_token' } })
})

test.each([
  ['wrong secret', { ...GRANT, client_secret: 'x' }, 400, 'invalid_grant', 'client_secret does not match'],
  ['wrong id', { ...GRANT, client_id: 'x' }, 400, 'invalid_grant', 'client_id does not match'],
  ['no secret', { ...GRANT, client_secret: undefined }, 400, 'required_property_not_found', 'client_secret'],
  ['another grant', { ...GRANT, grant_type: 'password' }, 400, 'invalid_grant', 'grant_type'],
  ['an odd ttl', { ...GRANT, ttl: '1h' }, 400, 'illegal_argument', 'ttl'],
  ['no JSON', '{', 400, 'json_parse', ''],
  ['null', 'null', 400, 'invalid_grant', ''],
  ['a large body', { ...GRANT, more: 'x'.repeat(6000) }, 413, 'Request Entity Too Large', '5 kB'],
])('no token for %s', async (_, body, status, error, text) => {
  await using sim = await easemobSimulator()
  const answer = await sim.token(body)
  expect(answer).toMatchObject({ status, json: { error, duration: 0 } })
  expect(answer.json.error_description).toContain(text)
})

test('wrong org or app is a 404 of its own, whatever is asked', async () => {
  await using sim = await easemobSimulator()
  for (const path of [
    '/acme_x/other/token',
    '/acme/im/chatgroups/100743775354882',
    '/acme/im/users/a/joined_chatgroups',
  ])
    expect(await ask(`${sim.simulator.url}${path}`)).toMatchObject({
      status: 404,
      json: { error: 'organization_application_not_found' },
    })
  expect(await sim.get('/nothing')).toMatchObject({ status: 404, json: { error: 'service_resource_not_found' } })
  expect((await ask(`${sim.base}/token`)).status).toBe(405)
})
