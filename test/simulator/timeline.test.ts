import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { manualClock } from '../../src/simulator/clock.ts'
import { digitsGroupId, playTimeline, tencentGroupId } from '../../src/simulator/player.ts'
import { truth, truthAt } from '../../src/simulator/state.ts'
import { loadTimeline, parseTimeline } from '../../src/simulator/timeline.ts'
import { createWorld } from '../../src/simulator/world.ts'

const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

interface Oracle {
  groups: Record<string, { name: string; description: string; gen: number; members: Record<string, string> }>
}

test.skipIf(!existsSync(data)).each(['rust-team', 'knative', 'istio', 'kubeflow'])(
  'a world that plays %s stands where the oracle says, at every stop',
  (name) => {
    const file = join(data, `${name}.jsonl.gz`)
    const timeline = loadTimeline(file)
    const clock = manualClock(0)
    const world = createWorld(clock)
    const player = playTimeline(timeline, world, { clock })
    const middle = Math.floor((timeline.first + timeline.last) / 2)
    const stops = [timeline.first, middle, timeline.last].map((t) => {
      player.playUntil(t)
      expect(clock.now()).toBe(t * 1000)
      const printed = execFileSync(process.execPath, [realpathSync(join(data, 'state_at.mjs')), file, String(t)], {
        encoding: 'utf8',
      })
      const oracle: Oracle = JSON.parse(printed)
      const expected = Object.entries(oracle.groups).map(([group, { name: called, description, gen, members }]) => {
        expect(player.groupId(group)).toBe(tencentGroupId(group, gen))
        return [tencentGroupId(group, gen), { name: called, introduction: description, members }]
      })
      const now = truth(world)
      const found = Object.entries(now).map(([id, group]) => {
        const roles = Object.entries(group.members).map(([account, { role }]) => [account, role])
        return [id, { name: group.name, introduction: group.introduction, members: Object.fromEntries(roles) }]
      })
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
      return { t, now }
    })
    expect(player.nextT).toBeNull()
    for (const { t, now } of stops) expect(truthAt(world.events, t * 1000)).toEqual(now)
  },
)

const CREATE = '{"t":5,"op":"group.create","group":"g h/1","name":"G","description":""}'
const JOIN = '{"t":5,"op":"member.join","group":"g h/1","account":"x","role":"Owner"}'
const HEAD = '{"source":"test","format":1}'

test('a joining time is the time of its event, and a group that comes back has another id', () => {
  const timeline = parseTimeline(
    [
      HEAD,
      CREATE,
      JOIN,
      '{"t":7,"op":"group.dissolve","group":"g h/1"}',
      '{"t":9,"op":"group.create","group":"g h/1","gen":2,"name":"G","description":""}',
    ].join('\n'),
  )
  const clock = manualClock(0)
  const world = createWorld(clock)
  const player = playTimeline(timeline, world, { clock, untilT: 6, mapAccount: (account) => account.toUpperCase() })
  const first = player.groupId('g h/1') ?? ''
  expect(world.groups.get(first)?.members.get('X')).toMatchObject({ joinedAt: 5000, role: 'Owner' })
  expect(player.playUntil(100)).toBe(2)
  expect(player.groupId('g h/1')).not.toBe(first)
  expect(first).toMatch(/^@TGS#2[0-9A-Z]{12}$/)
  expect(digitsGroupId('g h/1', 1)).toMatch(/^[1-9]\d{14}(\d{3})?$/)
})

test.each([
  ['not JSON', [HEAD, '{"t":'], 'line 2: not JSON'],
  ['no object', [HEAD, '[1]'], 'line 2: not an object'],
  ['no op', [HEAD, CREATE, '{"t":5,"op":"x","group":"g"}'], 'line 3: no op x'],
  ['an op that is no text', [HEAD, CREATE, '{"t":5,"op":{"toString":1},"group":"g"}'], 'line 3: no op {"toString":1}'],
  ['no t', [HEAD, '{"op":"group.dissolve","group":"g"}'], 'line 2: t is not a number'],
  ['no group', [HEAD, '{"t":1,"op":"group.dissolve"}'], 'line 2: group is not a text'],
  ['bad role', [HEAD, CREATE, JOIN.replace('Owner', 'King')], 'line 3: no role King'],
  ['twice', [HEAD, CREATE, JOIN, JOIN], 'line 4: member.join of g h/1: x is a member already'],
  ['stranger', [HEAD, CREATE, '{"t":5,"op":"member.leave","group":"g h/1","account":"x"}'], 'not a member'],
  ['unknown group', [HEAD, JOIN], 'line 2: member.join of g h/1: no such group'],
  ['generation', [HEAD, CREATE.replace('"name"', '"gen":3,"name"')], 'generation 3, not 1'],
  ['time', [HEAD, CREATE, JOIN.replace('5', '4')], 'time goes backwards'],
])('a bad line is refused by its number: %s', (_, lines, message) => {
  expect(() => parseTimeline(lines.join('\n'))).toThrow(message)
})

test('a file that is cut off is told as such', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timeline-'))
  const file = join(folder, 'cut.jsonl.gz')
  writeFileSync(file, Buffer.from('1f8b0800', 'hex'))
  expect(() => loadTimeline(file)).toThrow('cannot be unpacked')
  rmSync(folder, { recursive: true })
})
