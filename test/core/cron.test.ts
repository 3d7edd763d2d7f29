import { expect, it } from 'vitest'
import { cronFault } from '../../src/core/cron.ts'
import { nearest } from '../../src/config/nearest.ts'

it.each([
  '* * * * *',
  '0 */6 * * *',
  '*/15 8-18 * * mon-fri',
  '0 0 1,15 * *',
  '5/10 * * * *',
  '0 0 29 2 *',
  '@daily',
  '0 0 * jan-mar 7',
  '30 2 31 1,2 *',
  '0 0 31 4 1',
  '0 9-17/2 ? * MON',
])('takes %s', (line) => expect(cronFault(line)).toBeNull())

it.each([
  ['0 0 * *', 'five fields'],
  ['0 0 0 * * *', 'leave out the seconds'],
  ['60 * * * *', 'wrong minute "60"'],
  ['* 24 * * *', 'wrong hour'],
  ['* * 0 * *', 'wrong day of the month'],
  ['* * * 13 *', 'wrong month'],
  ['* * * * 8', 'wrong day of the week'],
  ['*/0 * * * *', 'the step "0"'],
  ['*/ * * * *', 'the step ""'],
  ['30-10 * * * *', 'runs backwards'],
  ['1--2 * * * *', 'not within'],
  [',1 * * * *', 'not within'],
  ['0 0 31 2,4 *', 'never run'],
  ['@reboot', 'short forms'],
  ['hourly', 'five fields'],
])('refuses %s', (line, why) => expect(cronFault(line)).toContain(why))

it('finds the name that was meant, and none where none is near', () => {
  const keys = ['secretKey', 'sdkAppId', 'region']
  expect(nearest('sdk_app_id', keys)).toBe('sdkAppId')
  expect(nearest('secertKey', keys)).toBe('secretKey')
  expect(nearest('timezone', keys)).toBeNull()
})
