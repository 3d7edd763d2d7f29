import { useEffect } from 'preact/hooks'
import { usePages } from '../api.ts'
import { Card, Empty, Failed, More, Waiting } from '../parts/basics.tsx'
import { Feed } from '../parts/feed.tsx'
import { href } from '../router.ts'
import type { ChangesAnswer } from '../types.ts'

/** What changed in a group, newest first. Looked at again when a newer read is known. */
export function GroupChanges({ source, groupId, seen }: { source: string; groupId: string; seen: string | null }) {
  const list = usePages<ChangesAnswer>(href('/api/changes', { source, group: groupId, limit: 30 }))
  useEffect(() => list.reload(), [seen])
  const changes = list.pages.flatMap((page) => page.changes)
  return (
    <Card title="Changes" aside={<a href={href('/changes', { source, group: groupId })}>Filter</a>}>
      {list.error !== null && changes.length === 0 ? (
        <Failed error={list.error} retry={list.reload} />
      ) : list.data === null ? (
        <Waiting lines={8} />
      ) : changes.length === 0 ? (
        <Empty title="No change yet" />
      ) : (
        <div class="scroll tall" tabIndex={0} role="region" aria-label="Changes of this group">
          <Feed changes={changes} without="group" />
          <More {...list} />
        </div>
      )}
    </Card>
  )
}
