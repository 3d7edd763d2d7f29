import { expect, test } from 'vitest'
import { firstStep, fold, startWalk } from '../../src/core/walk.ts'
import { someone } from './arbitrary.ts'

/**
 * The counts alone do not see this one: of two who leave behind the walk one comes back at the end, and somebody new
 * comes as well. As many are listed as the vendor counts before and after, and yet one who was in all the time has slid
 * over the boundary. That the next page does not begin with the row it should is what tells.
 */
test('INV-4 two leave behind the walk, one comes back, one is new: whoever slid over the boundary is still found', () => {
  let list = Array.from({ length: 70 }, (_, n) => `u${n}`)
  const walk = startWalk({ kind: 'offset', pageSize: 20 }, list.length)
  let step = firstStep(walk)
  for (let pages = 0; step.do !== 'end'; pages++) {
    if (step.do !== 'fetch' || step.position.kind !== 'offset') throw new Error(`an offset walk asked to ${step.do}`)
    const { offset } = step.position
    const rows = list.slice(offset, offset + step.size).map(someone)
    step = fold(walk, { kind: 'page', page: { rows, bad: [], memberCount: list.length, next: null } })
    if (pages === 0) list = [...list.filter((id) => id !== 'u3' && id !== 'u4'), 'u3', 'newcomer']
  }
  const missed = list.filter((id) => id !== 'newcomer' && !walk.members.has(id))
  expect({ complete: step.complete, missed }).toEqual({ complete: true, missed: [] })
})
