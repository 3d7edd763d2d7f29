import { describe, expect, test } from 'vitest'
import { createWebhook } from '../../src/vendors/index.ts'
import { hexOf, type Received } from '../../src/vendors/webhook.ts'

/** Signatures, ages, apps and meanings of the vendors' webhooks: cases T-40 … Y-32, as requests of the documents' own samples. */

const NOW = 1_669_872_112_000
const body = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

describe('tencent', () => {
  const reader = createWebhook({ vendor: 'tencent', token: 'xxxxyyyy', sdkAppId: 1400000001, maxAgeMs: 60_000 })
  const sign = '17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061'
  const join = {
    CallbackCommand: 'Group.CallbackAfterNewMemberJoin',
    GroupId: '@TGS#2J4SZEAEL',
    Type: 'Public',
    JoinType: 'Invited',
    Operator_Account: 'leckie',
    NewMemberList: [{ Member_Account: 'jared' }, { Member_Account: 'tommy' }],
    EventTime: 1670574414123,
  }
  const request = (event: unknown, more: Readonly<Record<string, string>> = {}, at = NOW): Received => ({
    query: { SdkAppid: '1400000001', Sign: sign, RequestTime: '1669872112', contenttype: 'json', ...more },
    headers: {},
    body: body(event),
    at,
  })

  test('T-40 the vector of T6 is accepted; a wrong Sign, an old RequestTime, another SdkAppid are refused', () => {
    expect(reader.read(request(join))).toMatchObject({ kind: 'heard', known: true })
    expect(reader.read(request(join, { Sign: sign.toUpperCase() }))).toMatchObject({ kind: 'heard' })
    expect(reader.read(request(join, { Sign: sign.replace('1', '2') }))).toEqual({ kind: 'refused', why: 'signature' })
    expect(reader.read(request(join, { RequestTime: '1669872113' }))).toEqual({ kind: 'refused', why: 'signature' })
    expect(reader.read(request(join, {}, NOW + 60_000))).toMatchObject({ kind: 'heard' })
    expect(reader.read(request(join, {}, NOW + 61_000))).toEqual({ kind: 'refused', why: 'age' })
    expect(reader.read(request(join, {}, NOW - 61_000))).toEqual({ kind: 'refused', why: 'age' })
    expect(reader.read(request(join, { SdkAppid: '1400000002' }))).toEqual({ kind: 'refused', why: 'app' })
    expect(reader.read(request('{"CallbackCommand":'))).toEqual({ kind: 'refused', why: 'body' })
  })

  test('T-41 EventTime is in ms, and the answer is the one the vendor expects', () => {
    expect(reader.answer).toBe('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')
    expect(reader.read(request(join))).toMatchObject({
      hint: {
        groupIds: ['@TGS#2J4SZEAEL'],
        moves: [
          { accountId: 'jared', kind: 'joined', at: Date.UTC(2022, 11, 9, 8, 26, 54, 123) },
          { accountId: 'tommy', kind: 'joined' },
        ],
      },
    })
  })

  test('T-42 a group whose Notification alone changed is a group to look at, and nothing more', () => {
    const event = { CallbackCommand: 'Group.CallbackAfterGroupInfoChanged', GroupId: '@TGS#1', Notification: 'hello' }
    expect(reader.read(request(event))).toMatchObject({ hint: { groupIds: ['@TGS#1'], moves: [] } })
  })

  test('T-43 the same exit twice has one key; without EventTime nothing is bounded', () => {
    const exit = {
      CallbackCommand: 'Group.CallbackAfterMemberExit',
      GroupId: '@TGS#1',
      ExitMemberList: [{ Member_Account: 'jared' }],
    }
    const [one, two] = [reader.read(request(exit)), reader.read(request(exit))]
    expect(one).toEqual(two)
    expect(one).toMatchObject({ hint: { groupIds: ['@TGS#1'], moves: [] } })
    const later = reader.read(request({ ...exit, EventTime: 1 }))
    expect(later.kind === 'heard' && one.kind === 'heard' && later.repeatKey !== one.repeatKey).toBe(true)
  })

  test('events of no group, and unknown ones, are heard and are no hint', () => {
    expect(reader.read(request({ CallbackCommand: 'Alert.RequestOverLimit' }))).toMatchObject({
      hint: null,
      known: false,
    })
    expect(reader.read(request({ CallbackCommand: 'Group.CallbackAfterGroupFull', GroupId: '' }))).toMatchObject({
      hint: null,
    })
  })
})

describe('easemob', () => {
  const app = { orgName: 'acme', appName: 'im' }
  const reader = createWebhook({ vendor: 'easemob', secret: 'fixture-secret', ...app, maxAgeMs: 300_000 })
  const AT = 1_644_914_583_273
  const callId = 'acme#im_976459883882744164'
  const signed = (event: object, more: object = {}, at = AT): Received => {
    const whole = { callId, timestamp: AT, appkey: 'acme#im', ...event }
    const security = hexOf('md5', `${whole.callId}fixture-secret${whole.timestamp}`)
    return { query: {}, headers: {}, body: body({ ...whole, security, ...more }), at }
  }
  const modern = (operation: string, payload?: object) => ({
    id: '262246968131585',
    type: 'GROUP',
    event: 'group_op_event',
    operation,
    operator: '@ppAdmin',
    ...(payload && { payload }),
  })
  const old = (operation: string, more: object = {}) => ({
    chat_type: 'muc',
    payload: {
      muc_id: 'acme#im_173548612157441@conference.easemob.com',
      is_chatroom: false,
      operation,
      status: { error_code: 'ok' },
    },
    group_id: '173548612157441',
    from: 'acme#im_user1@easemob.com/android_8070',
    to: 'aaa111',
    eventType: 'chat',
    ...more,
  })
  const group = (received: Received) => {
    const word = reader.read(received)
    return word.kind === 'heard' ? (word.hint?.groupIds ?? (word.known ? 'nothing' : 'unknown')) : word.why
  }

  test('E-34 the vector of E6 is accepted; a changed timestamp, an old one, another app are refused', () => {
    const good = signed(modern('JOIN', { member: ['tst01'], type: 'DIRECT' }))
    expect(JSON.parse(good.body.toString())).toMatchObject({ security: 'e5dad3d136dafde46a773696399bd46f' })
    expect(group(good)).toEqual(['262246968131585'])
    expect(group(signed(modern('DELETE'), { timestamp: AT + 1 }))).toBe('signature')
    expect(group(signed(modern('DELETE'), { security: undefined }))).toBe('signature')
    expect(group(signed(modern('DELETE'), {}, AT + 300_001))).toBe('age')
    expect(group(signed({ ...modern('DELETE'), appkey: 'other#im', callId: 'other#im_1' }))).toBe('app')
    expect(group({ query: {}, headers: {}, body: body('[]'), at: AT })).toBe('body')
  })

  test('E-35 an old kick and the absence after it are looks at one group', () => {
    expect(group(signed(old('kick')))).toEqual(['173548612157441'])
    expect(group(signed(old('absence', { payload: { operation: 'absence' } })))).toEqual(['173548612157441'])
  })

  test('E-36 an old presence is about its group_id, whatever stands in from and to', () => {
    const event = old('presence', {
      payload: { operation: 'presence', is_chatroom: false },
      from: 'acme#im_1111@easemob.com',
      to: '173548612157441',
    })
    expect(reader.read(signed(event))).toMatchObject({ hint: { groupIds: ['173548612157441'], moves: [] } })
  })

  test('E-37 LEAVE of all for a dissolved group, and DELETE without payload, are looks at the group', () => {
    expect(
      group(signed({ ...modern('LEAVE', { member: ['a', 'b', 'c'], type: 'DELETE' }), appkey: 'f81a5c1e-uuid' })),
    ).toEqual(['262246968131585'])
    expect(group(signed(modern('DELETE')))).toEqual(['262246968131585'])
  })

  test('E-38 unknown payload types and chat rooms are heard and ignored', () => {
    expect(group(signed(modern('LEAVE', { member: ['a'], type: 'VANISH' })))).toBe('unknown')
    expect(group(signed(modern('EXPLODE', { type: 'DIRECT' })))).toBe('unknown')
    expect(group(signed({ ...modern('JOIN', { member: ['a'], type: 'DIRECT' }), type: 'CHATROOM' }))).toBe('nothing')
    expect(group(signed(old('kick', { payload: { operation: 'kick', is_chatroom: true } })))).toBe('nothing')
    expect(group(signed({ event: 'chat' }))).toBe('unknown')
    expect(reader.answer.length).toBeLessThan(1000)
  })

  test('E-39 the callId is what tells a repeat', () => {
    expect(reader.read(signed(modern('DELETE')))).toMatchObject({ repeatKey: callId })
  })

  test('E-40 a status other than ok is ignored', () => {
    const failed = { payload: { operation: 'kick', is_chatroom: false, status: { error_code: 'denied' } } }
    expect(group(signed(old('kick', failed)))).toBe('nothing')
  })
})

describe('yunxin', () => {
  const AT = 1_440_570_500_855
  const reader = createWebhook({ vendor: 'yunxin', appSecret: 'fixture-app-secret', appKey: 'key', maxAgeMs: 300_000 })
  const signed = (text: string, more: Readonly<Record<string, string>> = {}, at = AT): Received => {
    const md5 = hexOf('md5', text)
    const checksum = hexOf('sha1', `fixture-app-secret${md5}${AT}`)
    return { query: {}, headers: { curtime: String(AT), md5, checksum, ...more }, body: body(text), at }
  }
  const team = (more: object = {}) =>
    JSON.stringify({
      eventType: '1',
      convType: 'TEAM',
      to: '17889',
      fromAccount: 'Bob',
      msgType: 'NOTIFICATION',
      msgidServer: '123',
      ...more,
    })

  test('Y-28 the vector of Y6.1 over the raw bytes is accepted; one space more is refused', () => {
    const vector = signed('{"eventType":"1"}')
    expect(vector.headers).toMatchObject({
      md5: 'efdcc402fa9336b84ee459911fcffcfa',
      checksum: '2a164a1e90d735e56cb7f7cec867b3038754654a',
    })
    expect(reader.read(vector)).toMatchObject({ kind: 'heard', hint: null })
    expect(reader.read({ ...vector, body: body('{"eventType": "1"}') })).toEqual({ kind: 'refused', why: 'signature' })
    expect(reader.read({ ...vector, headers: { ...vector.headers, checksum: '' } })).toEqual({
      kind: 'refused',
      why: 'signature',
    })
    expect(reader.read(signed(team(), { appkey: 'another' }))).toEqual({ kind: 'refused', why: 'app' })
  })

  test('Y-29 CurTime is in ms', () => {
    expect(reader.read(signed(team(), {}, AT + 299_000))).toMatchObject({ kind: 'heard' })
    expect(reader.read(signed(team(), {}, AT + 301_000))).toEqual({ kind: 'refused', why: 'age' })
    const seconds = String(Math.floor(AT / 1000))
    const md5 = hexOf('md5', team())
    const inSeconds = { curtime: seconds, md5, checksum: hexOf('sha1', `fixture-app-secret${md5}${seconds}`) }
    expect(reader.read({ query: {}, headers: inSeconds, body: body(team()), at: AT })).toEqual({
      kind: 'refused',
      why: 'age',
    })
  })

  test('Y-30 a notification in a team is a look at that team, and its repeat has the same key', () => {
    expect(reader.read(signed(team()))).toMatchObject({ repeatKey: '123', hint: { groupIds: ['17889'], moves: [] } })
    expect(reader.read(signed(team({ resendFlag: '1' })))).toMatchObject({ repeatKey: '123' })
    expect(reader.read(signed(team({ convType: 'SUPER_TEAM' })))).toMatchObject({
      hint: { groupIds: ['super/17889', '17889'] },
    })
    expect(reader.read(signed(team({ msgType: 'TEXT' })))).toMatchObject({ hint: null, known: true })
    expect(reader.read(signed(team({ convType: 'PERSON' })))).toMatchObject({ hint: null })
    expect(reader.read(signed(team({ to: '../x' })))).toMatchObject({ hint: null })
  })

  test('Y-31 a callback before the fact is answered, and is no hint', () => {
    expect(reader.answer).toBe('{"errCode":0}')
    const text = JSON.stringify({ eventType: 7, tname: 'x', creator: 'alice', inviteList: ['bob'] })
    expect(reader.read(signed(text, { appkey: 'key' }))).toMatchObject({ kind: 'heard', hint: null, known: true })
  })

  test('Y-32 no account is taken from an event, so no spelling of one can differ from the API', () => {
    expect(reader.read(signed(team({ attach: '{"id":1,"data":{"ids":["Bob"]}}' })))).toMatchObject({
      hint: { moves: [] },
    })
  })
})
