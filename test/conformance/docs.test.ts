import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as easemob from '../../src/vendors/easemob/fields.ts'
import * as tencent from '../../src/vendors/tencent/fields.ts'
import * as yunxin from '../../src/vendors/yunxin/fields.ts'

const docs = readFileSync(new URL('../../docs/vendors.md', import.meta.url), 'utf8')

/** The keys of `attributes` and of what is kept current, as the adapters write them. */
const KEPT: readonly (readonly [vendor: string, of: string, history: readonly string[], live: readonly string[]])[] = [
  [
    'tencent',
    'group',
    [...Object.keys(tencent.GROUP_HISTORY), 'custom'],
    [...Object.keys(tencent.GROUP_LIVE), ...Object.keys(tencent.GROUP_LIVE_TIMES)],
  ],
  ['tencent', 'member', [...Object.keys(tencent.MEMBER_HISTORY), 'custom'], Object.keys(tencent.MEMBER_LIVE)],
  ['easemob', 'group', Object.keys(easemob.GROUP_HISTORY), Object.keys(easemob.GROUP_LIVE_TIMES)],
  ['easemob', 'member', [], []],
  ['yunxin', 'group', [...Object.keys(yunxin.GROUP_HISTORY), ...yunxin.CONFIGURATION_HISTORY], [yunxin.LIVE_TIME]],
  ['yunxin', 'member', [...Object.keys(yunxin.MEMBER_HISTORY), yunxin.INVITOR], [yunxin.LIVE_TIME]],
]

test.each(KEPT)('docs/vendors.md names the fields of a %s %s', (vendor, of, history, live) => {
  const cell = (keys: readonly string[]) => (keys.length === 0 ? '–' : keys.map((key) => `\`${key}\``).join(', '))
  expect(docs).toContain(`| ${vendor} | ${of} | ${cell(history)} | ${cell(live)} |`)
})
