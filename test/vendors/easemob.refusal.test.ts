import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/core/errors.ts'
import { open } from '../../src/vendors/easemob/answer.ts'
import { callerOf } from '../../src/vendors/easemob/refusal.ts'
import type { Subject } from '../../src/vendors/easemob/refusal.ts'
import { CONFIG, refused } from './easemob-scripted.ts'

const caller = callerOf(CONFIG)

function thrown(answer: { status: number; text: string; headers?: Record<string, string> }, subject: Subject = {}) {
  try {
    open(caller, 'groupDetails', { headers: {}, ...answer }, subject)
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const WORDS: readonly (readonly [number, string, Fault])[] = [
  [400, 'invalid_grant', 'stop'],
  [400, 'json_parse', 'bug'],
  [400, 'illegal_argument', 'bug'],
  [400, 'invalid_parameter', 'bug'],
  [400, 'required_property_not_found', 'bug'],
  [401, 'unauthorized', 'renew'],
  [401, 'auth_bad_access_token', 'renew'],
  [403, 'forbidden_op', 'forbidden'],
  [404, 'organization_application_not_found', 'stop'],
  [404, 'RestGroupFeignException', 'bug'],
  [405, 'web_application', 'bug'],
  [415, 'web_application', 'bug'],
  [408, 'timeout', 'retry'],
  [413, 'Request Entity Too Large', 'tooBig'],
  [429, 'reach_limit', 'rateLimited'],
  [429, 'resource_limited', 'stop'],
  [429, 'a_word_of_tomorrow', 'rateLimited'],
  [500, 'web_application', 'retry'],
  [500, 'no_full_text_index', 'bug'],
  [500, 'unsupported_service_operation', 'bug'],
  [501, 'x', 'bug'],
  [502, 'x', 'retry'],
  [503, 'x', 'rateLimited'],
  [504, 'x', 'retry'],
  [302, 'x', 'bug'],
  [418, 'x', 'bug'],
]

describe('the table of errors', () => {
  it.each(WORDS)('%i %s is %s', (status, word, fault) =>
    expect(thrown(refused(status, word))).toMatchObject({ fault, code: word }),
  )

  it.each([
    [400, 'bug'],
    [401, 'renew'],
    [403, 'forbidden'],
    [404, 'bug'],
    [429, 'rateLimited'],
    [502, 'retry'],
    [503, 'rateLimited'],
  ])('HTML under %i is %s', (status, fault) =>
    expect(thrown({ status, text: '<html></html>' }, { groupId: '100' })).toMatchObject({
      fault,
      code: `HTTP ${status}`,
    }),
  )

  it.each(['<html></html>', '', '[]', '"x"', '{"data":[{"id":"1'])('%j under 200 is passing trouble', (text) =>
    expect(thrown({ status: 200, text })).toMatchObject({ fault: 'retry', code: 'not JSON' }),
  )

  it('an error under 200 is none the less an error', () =>
    expect(thrown(refused(200, 'reach_limit'))).toMatchObject({ fault: 'rateLimited' }))

  it('a gateway’s wait is told', () =>
    expect(thrown({ ...refused(429, 'reach_limit'), headers: { 'retry-after': '7' } })).toMatchObject({ waitMs: 7000 }))

  it('E-04 names host, org and app', () => {
    const error = thrown(refused(404, 'organization_application_not_found', 'Could not find application for acme/im'))
    expect(String(error)).toMatch(/a1\.easemob\.com.*acme#im.*baseUrl/)
  })

  it('X-08 says no secret that the vendor says', () => {
    const token = `YWMt${'aB3-'.repeat(20)}`
    const text = `client_secret: "${CONFIG.clientSecret}", access_token=${token} Bearer ${token} \0 too long ${'x'.repeat(900)}`
    const error = String(thrown(refused(401, 'unauthorized', text)))
    expect(error).not.toContain(CONFIG.clientSecret)
    expect(error).not.toContain('aB3-')
    expect(error).toMatch(/too long/)
    expect(error.length).toBeLessThan(500)
  })
})

describe('the meanings of 404', () => {
  const group = { groupId: '100743775354882' }
  const member = { ...group, account: 'user1' }
  it.each<[string, string, Subject, Fault]>([
    ['resource_not_found', 'grpID 100743775354882 does not exist!', group, 'gone'],
    ['resource_not_found', 'grpID 100743775354882 does not exist!', member, 'gone'],
    ['resource_not_found', 'grpID 999 does not exist!', group, 'bug'],
    ['resource_not_found', '', group, 'bug'],
    ['resource_not_found', 'the group does not exist', group, 'gone'],
    ['resource_not_found', "user: User1 doesn't exist in group: 100743775354882", member, 'memberGone'],
    ['resource_not_found', "user: User1 doesn't exist in group: 100743775354882", group, 'memberGone'],
    ['resource_not_found', "user: user2 doesn't exist in group: 100743775354882", member, 'bug'],
    ['resource_not_found', "user: user1 doesn't exist in group: 1", member, 'bug'],
    ['service_resource_not_found', 'Service resource not found', group, 'badId'],
    ['service_resource_not_found', 'Service resource not found', { account: 'user1' }, 'accountGone'],
    ['service_resource_not_found', 'Service resource not found', {}, 'bug'],
    ['organization_application_not_found', 'Could not find application', group, 'stop'],
  ])('E-12 E-32 %s "%s" about %j is %s', (word, text, subject, fault) =>
    expect(thrown(refused(404, word, text), subject)).toMatchObject({ fault }),
  )
})
