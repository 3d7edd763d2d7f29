import { existsSync, readdirSync } from 'node:fs'
import { describe, test } from 'vitest'
import { loadTimeline, type Timeline } from '../../src/simulator/timeline.ts'
import { refreshFacts } from '../../src/store/reports/facts.ts'
import { createBook, setReportNow } from './book.ts'
import { checkGroups, checkGrowth, checkPeople } from './check-counts.ts'
import { checkMoments } from './check-moments.ts'
import { isoDay } from './oracle-time.ts'
import { replay, type StoryEvent } from './story.ts'

const DATA = new URL('../../../shared/data/', import.meta.url)
const files = existsSync(DATA) ? readdirSync(DATA).filter((name) => name.endsWith('.jsonl.gz')) : []
if (files.length === 0) console.warn('the timelines in ../shared/data are absent: the reports on them are skipped')
/** The one with most groups recreated. The others pass as well; each takes half a minute more. */
const chosen = files.filter((name) => name.startsWith('kubeflow'))

/** A timeline as a story: a group that comes back is another one, as with the vendors. */
function storyOf({ events }: Timeline): StoryEvent[] {
  const generation = new Map<string, number>()
  return events.map((event): StoryEvent => {
    if (event.op === 'group.create') generation.set(event.group, event.gen)
    const group = `${event.group}#${generation.get(event.group) ?? 1}`
    const { t } = event
    switch (event.op) {
      case 'group.create':
        return { t, group, op: 'create', name: event.name }
      case 'group.update':
        return { t, group, op: 'update', ...(event.set.name === undefined ? {} : { name: event.set.name }) }
      case 'group.dissolve':
        return { t, group, op: 'dissolve' }
      case 'member.join':
        return { t, group, op: 'join', account: event.account, role: roleOf(event.role) }
      case 'member.role':
        return { t, group, op: 'role', account: event.account, role: roleOf(event.role) }
      case 'member.leave':
        return { t, group, op: 'leave', account: event.account }
    }
  })
}
const roleOf = (role: 'Owner' | 'Admin' | 'Member') =>
  role === 'Owner' ? 'owner' : role === 'Admin' ? 'admin' : 'member'

describe.skipIf(chosen.length === 0)('real timelines, every second of them read', () => {
  test.each(chosen)(
    '%s: every report equals a replay of the events',
    async (file) => {
      const story = storyOf(loadTimeline(new URL(file, DATA)))
      const world = replay(story)
      await using book = await createBook('acme', { lateFacts: true })
      let step = 0
      await book.play(story, async () => {
        if (step++ % 50 === 0) await book.withFacts((pool) => refreshFacts(pool, 1))
      })
      const first = story[0]?.t ?? 0
      await setReportNow(book.pool, world.last + 3600)
      const moments = Array.from({ length: 12 }, (_, i) => Math.floor(first + ((world.last - first) * i) / 11))
      await checkMoments(book.pool, world, moments)
      const year = world.last - 400 * 86_400
      await checkGrowth(book.pool, world, 'America/Los_Angeles', isoDay(year), isoDay(world.last + 2 * 86_400))
      await checkPeople(book.pool, world, 'America/Los_Angeles', first - 86_400, world.last + 1)
      await checkGroups(book.pool, world, 'America/Los_Angeles', first - 86_400, world.last + 1)
    },
    300_000,
  )
})
