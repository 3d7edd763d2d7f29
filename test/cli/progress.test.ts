import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { createProgress, renderSnapshot } from '../../src/cli/progress.ts'
import type { Snapshot } from '../../src/cli/progress.ts'

const snapshot: Snapshot = {
  groupsDone: 120,
  groupsKnown: 300,
  members: 12_345,
  calls: 456,
  callsPerSecond: 78.4,
  phase: '',
  waiting: 'getGroupMemberInfo 0.4 s (limit)',
}

it('says everything on one line', () => {
  expect(renderSnapshot('acme-tencent', snapshot)).toBe(
    'acme-tencent  groups 120/300 · members 12,345 · calls 456 · 78/s · waiting: getGroupMemberInfo 0.4 s (limit)',
  )
})

it('without a terminal prints a plain line every five seconds', () => {
  const stream = new PassThrough()
  let now = 0
  const progress = createProgress(stream, { clock: { now: () => now } })
  for (now = 0; now <= 12_000; now += 100) progress.update('acme', { ...snapshot, waiting: null })
  progress.done('acme', 'complete')
  progress.stop()
  const lines = String(stream.read()).trimEnd().split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[2]).toBe('acme  complete')
  expect(lines.join('')).not.toContain('\u001b')
})

it('a terminal that does not know its width is treated as none', () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 0 })
  const progress = createProgress(stream)
  progress.update('acme', snapshot)
  progress.done('acme', 'complete')
  expect(String(stream.read())).toBe('acme  complete\n')
})

it('with a terminal keeps what has ended and stops its timer', () => {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 80,
    clearLine() {},
    cursorTo() {},
    moveCursor() {},
  })
  const progress = createProgress(stream)
  progress.update('acme', snapshot)
  progress.note('a note')
  progress.done('acme', 'complete in 3 s')
  progress.stop()
  const text = String(stream.read())
  expect(text).toContain('✓ acme  complete in 3 s')
  expect(text).toContain('a note')
})
