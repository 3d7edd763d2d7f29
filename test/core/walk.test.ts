import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { foresee } from '../../src/core/foresee.ts'
import { RowRoster } from '../../src/core/roster.ts'
import { describe, expect, test } from 'vitest'
import type { Member } from '../../src/core/member.ts'
import { type Event, firstStep, fold, type Page, startWalk, type Step, type WalkPlan } from '../../src/core/walk.ts'

const someone = (accountId: string): Member => ({
  accountId,
  role: 'member',
  nameCard: null,
  mutedUntil: null,
  joinedAt: 1,
  lastSpokeAt: null,
  attributes: null,
  live: null,
})

interface Server {
  /** The group, in the order in which it is listed. */
  roll: string[]
  /** The most rows it gives, whatever is asked. */
  cap: number
  counts: boolean
}

function answer(server: Server, step: Step): Event {
  if (step.do === 'count') return { kind: 'count', count: server.roll.length }
  if (step.do !== 'fetch') throw new Error('nothing asked')
  const size = Math.min(step.size, server.cap)
  const { position } = step
  const from =
    position.kind === 'offset'
      ? position.offset
      : position.kind === 'page'
        ? (position.page - 1) * size
        : Number(position.token ?? 0)
  const rows = server.roll.slice(from, from + size).map(someone)
  const end = from + rows.length >= server.roll.length
  const page: Page = {
    rows,
    bad: [],
    memberCount: server.counts ? server.roll.length : null,
    next: position.kind === 'token' && !end ? String(from + rows.length) : null,
  }
  return { kind: 'page', page }
}

function run(server: Server, plan: WalkPlan, between: (calls: number) => void = () => {}, passes = 3) {
  const walk = startWalk(plan, server.roll.length, passes)
  const asked: Step[] = []
  const foreseen: (boolean | null)[] = []
  let step = firstStep(walk)
  while (step.do !== 'end') {
    if (asked.length > 500) throw new Error('the walk does not end')
    asked.push(step)
    const event = answer(server, step)
    const [coming = null] = event.kind === 'page' ? foresee(walk, event.page, 1) : []
    step = fold(walk, event)
    foreseen.push(coming === null ? null : isDeepStrictEqual(coming, step))
    between(asked.length)
  }
  return {
    ...step,
    seen: new Set(walk.members instanceof RowRoster ? walk.members.rows.keys() : []),
    pass: walk.pass,
    asked,
    /** Of each answer, whether what it makes one foresee is what is asked for next; null where nothing was foreseen. */
    foreseen,
  }
}

/**
 * The same with pages asked for ahead: the server answers those under way in an order of its own, with changes between.
 *
 * @param picks which of those under way is answered next, and so on
 */
function runAhead(server: Server, plan: WalkPlan, picks: readonly number[], between: (calls: number) => void) {
  const walk = startWalk(plan, server.roll.length)
  let coming: { step: Step; event: Event | null }[] = []
  let answered = 0
  const answerOne = () => {
    const open = coming.filter(({ event }) => event === null)
    const one = open[(picks[answered % picks.length] ?? 0) % open.length]
    if (one === undefined) throw new Error('nothing is under way')
    if (++answered > 500) throw new Error('the walk does not end')
    one.event = answer(server, one.step)
    between(answered)
  }
  let step = firstStep(walk)
  while (step.do !== 'end') {
    if (coming.length === 0) coming.push({ step, event: null })
    while (coming[0]?.event === null) answerOne()
    const event = coming.shift()?.event ?? null
    if (event === null) throw new Error('no answer')
    const foreseen = event.kind === 'page' ? foresee(walk, event.page, 3) : []
    coming.push(...foreseen.slice(coming.length).map((one) => ({ step: one, event: null })))
    step = fold(walk, event)
    if (!isDeepStrictEqual(step, coming[0]?.step)) coming = []
  }
  return { ...step, seen: new Set(walk.members instanceof RowRoster ? walk.members.rows.keys() : []), answered }
}

const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`)
const PLANS: WalkPlan[] = [
  { kind: 'offset', pageSize: 7 },
  { kind: 'token', pageSize: 7 },
  { kind: 'page', pageSize: 70, sureSize: 7, firstPage: 1 },
]

describe.each(PLANS)('a walk by $kind', (plan) => {
  test('INV-3 of a quiet group is complete and exact, for every size and every cap of the server', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 7, max: 80 }), fc.boolean(), (count, cap, counts) => {
        const pages = plan.kind === 'page' ? false : counts
        const got = run({ roll: people(count), cap, counts: pages }, plan)
        expect(got).toMatchObject({ do: 'end', complete: true, reason: null, pass: 1 })
        expect(got.seen).toEqual(new Set(people(count)))
        expect(got.foreseen).not.toContain(false)
        // All but the first pages, whose length shows what the server gives, and the last.
        expect(got.foreseen.filter((one) => one === null).length).toBeLessThanOrEqual(3)
      }),
    )
  })

  test('INV-4 that is called complete misses nobody who was there all the time, whatever happens between pages', () => {
    const change = fc.record({ after: fc.nat(12), leave: fc.nat(40), join: fc.boolean(), at: fc.nat(40) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(change, { maxLength: 8 }), (count, changes) => {
        const server = { roll: people(count), cap: plan.kind === 'page' ? 7 : 100, counts: plan.kind !== 'page' }
        const always = new Set(server.roll)
        let fresh = 0
        const got = run(server, plan, (calls) => {
          for (const { after, leave, join, at } of changes) {
            if (after + 1 !== calls) continue
            const [gone] = server.roll.splice(leave % Math.max(1, server.roll.length), 1)
            if (gone !== undefined) always.delete(gone)
            if (join) server.roll.splice(at % (server.roll.length + 1), 0, `new${fresh++}`)
          }
        })
        // The one hole a count cannot show (a stale row and a missed one cancel out) is what confirmation is for.
        const missed = [...always].filter((id) => !got.seen.has(id))
        if (plan.kind === 'offset' && got.complete) expect(missed.length).toBeLessThanOrEqual(changes.length)
        if (got.complete && changes.every(({ join }) => !join)) expect(missed).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

describe.each(PLANS)('a walk by $kind with pages under way together', (plan) => {
  test('INV-3 of a quiet group is complete and exact, and asks for no page more', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.array(fc.nat(5), { minLength: 1 }), (count, picks) => {
        const server = { roll: people(count), cap: plan.kind === 'page' ? 7 : 100, counts: plan.kind !== 'page' }
        const got = runAhead(server, plan, picks, () => {})
        expect(got).toMatchObject({ do: 'end', complete: true, reason: null })
        expect(got.seen).toEqual(new Set(people(count)))
        expect(got.answered).toBe(run(server, plan).asked.length)
      }),
    )
  })

  test('INV-4 whatever happens between pages, and in whatever order they are answered: nobody is missed who was there', () => {
    const change = fc.record({ after: fc.nat(12), leave: fc.nat(40), join: fc.boolean(), at: fc.nat(40) })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(change, { maxLength: 8 }),
        fc.array(fc.nat(5), { minLength: 1 }),
        (count, changes, picks) => {
          const server = { roll: people(count), cap: plan.kind === 'page' ? 7 : 100, counts: plan.kind !== 'page' }
          const always = new Set(server.roll)
          let fresh = 0
          const got = runAhead(server, plan, picks, (calls) => {
            for (const { after, leave, join, at } of changes) {
              if (after + 1 !== calls) continue
              const [gone] = server.roll.splice(leave % Math.max(1, server.roll.length), 1)
              if (gone !== undefined) always.delete(gone)
              if (join) server.roll.splice(at % (server.roll.length + 1), 0, `new${fresh++}`)
            }
          })
          const missed = [...always].filter((id) => !got.seen.has(id))
          if (plan.kind === 'offset' && got.complete) expect(missed.length).toBeLessThanOrEqual(changes.length)
          if (got.complete && changes.every(({ join }) => !join)) expect(missed).toEqual([])
        },
      ),
      { numRuns: 1000 },
    )
  })
})

test('INV-3 an offset walk overlaps by one row: limit 101 asks at 0, 100, 200 (T-22)', () => {
  const got = run({ roll: people(250), cap: 200, counts: true }, { kind: 'offset', pageSize: 101 })
  expect(
    got.asked.map((step) => (step.do === 'fetch' && step.position.kind === 'offset' ? step.position.offset : -1)),
  ).toEqual([0, 100, 200])
  expect(got.seen.size).toBe(250)
})

test('INV-4 somebody who slides over a page boundary is found by stepping back', () => {
  const server = { roll: people(20), cap: 100, counts: true }
  const got = run(server, { kind: 'offset', pageSize: 6 }, (calls) => {
    if (calls !== 1) return
    server.roll.shift() // p0, read already, leaves: everybody after it moves up
    server.roll.push('late') // and the count stays the same
  })
  expect(got.complete).toBe(true)
  expect(
    people(20)
      .slice(1)
      .every((id) => got.seen.has(id)),
  ).toBe(true)
})

test('INV-5 an empty list while the count says otherwise, a cursor that repeats, a list without end: not complete', () => {
  const page = (rows: string[], next: string | null, memberCount: number | null): Event => ({
    kind: 'page',
    page: { rows: rows.map(someone), bad: [], next, memberCount },
  })
  const feed = (plan: WalkPlan, event: () => Event) => {
    const walk = startWalk(plan, 5)
    let step = firstStep(walk)
    for (let i = 0; i < 1000 && step.do !== 'end'; i++)
      step = fold(walk, step.do === 'count' ? { kind: 'count', count: 5 } : event())
    return step
  }
  expect(feed({ kind: 'offset', pageSize: 6 }, () => page([], null, 5))).toMatchObject({ do: 'end', complete: false })
  expect(feed({ kind: 'token', pageSize: 6 }, () => page(['a'], 'same', 5))).toMatchObject({
    do: 'end',
    complete: false,
  })
  expect(feed({ kind: 'page', pageSize: 1, sureSize: 1 }, () => page(['a'], null, null))).toMatchObject({
    complete: false,
  })
  expect(feed({ kind: 'offset', pageSize: 2 }, () => page(['a', 'b'], null, 5))).toMatchObject({
    do: 'end',
    complete: false,
  })
})

test('INV-5 a record that is not understood makes the read partial', () => {
  const walk = startWalk({ kind: 'offset', pageSize: 6 }, 2)
  const bad = [{ accountId: 'b', field: 'Role', reason: 'never heard of "King"' }]
  const step = fold(walk, { kind: 'page', page: { rows: [someone('a')], bad, memberCount: 2, next: null } })
  expect(step).toMatchObject({ do: 'end', complete: false })
})

test('a page that is too large is asked for at half the size', () => {
  const walk = startWalk({ kind: 'offset', pageSize: 200 }, 2)
  expect(fold(walk, { kind: 'tooBig' })).toMatchObject({ do: 'fetch', size: 100 })
  for (let i = 0; i < 10; i++) fold(walk, { kind: 'tooBig' })
  expect(fold(walk, { kind: 'tooBig' })).toMatchObject({ do: 'end', complete: false })
})

test('INV-5 where the vendor counts nothing, only two passes alike prove each other', () => {
  const page = (...rows: string[]): Event => ({
    kind: 'page',
    page: { rows: rows.map(someone), bad: [], next: null, memberCount: null },
  })
  const passes = (...pages: Event[]) => {
    const walk = startWalk({ kind: 'token', pageSize: 6 }, null)
    let step = firstStep(walk)
    while (step.do !== 'end')
      step = fold(walk, step.do === 'count' ? { kind: 'count', count: null } : (pages.shift() ?? page()))
    return { ...step, pass: walk.pass }
  }
  expect(passes(page('a', 'b'), page('b', 'a'))).toMatchObject({ complete: true, pass: 2 })
  expect(passes(page('a', 'b'), page('a'), page('a'))).toMatchObject({ complete: true, pass: 3 })
  expect(passes(page('a', 'b'), page('a'), page('b'))).toMatchObject({ complete: false, pass: 3 })
})

test('INV-5 a cursor that comes twice ends its pass at once, not when the list has grown absurd', () => {
  const walk = startWalk({ kind: 'token', pageSize: 2 }, 4, 1)
  const page = (rows: string[]): Event => ({
    kind: 'page',
    page: { rows: rows.map(someone), bad: [], memberCount: 4, next: 'same' },
  })
  expect(fold(walk, page(['a', 'b']))).toMatchObject({ do: 'fetch' })
  expect(fold(walk, page(['c', 'd']))).toEqual({ do: 'end', complete: false, reason: 'a cursor came twice' })
})
