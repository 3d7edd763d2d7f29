import { goneWords } from '../../store/gone-waiting.ts'
import { knownGroups } from '../../store/known.ts'
import { noteGroups } from '../../store/parts.ts'
import { writeReads } from '../../store/write.ts'
import { settleGone, standing } from '../gone.ts'
import { settleDeps } from '../read-batch.ts'
import type { SharedDeps } from './types.ts'

/**
 * Judges the groups of a shared run that the vendor says are gone: by now it is known how many they are. Whoever comes
 * second finds the versions moved on and writes nothing; what a crash leaves undone the next run of the source does.
 */
export async function writeGone(deps: SharedDeps, runNo: number, signal: AbortSignal): Promise<void> {
  const { pool, clock } = deps
  const found = await goneWords(pool, runNo)
  if (found === null) return
  await using source = deps.openSource(found.source, { urgent: false })
  const { sourceNo } = found
  const known = await knownGroups(pool, sourceNo)
  const readings = found.words.flatMap((word) =>
    known.get(word.groupId)?.dissolvedAt === null
      ? [
          {
            ...word,
            group: null,
            outcome: 'gone' as const,
            members: [],
            vendorCount: null,
            bad: [],
            passes: 0,
            calls: 0,
          },
        ]
      : [],
  )
  const settling = { ...settleDeps({ pool, clock, source, signal }), dissolveGuard: source.dissolveGuard }
  for await (const writes of settleGone(settling, readings, known, standing(known))) {
    await writeReads(pool, { runNo, sourceNo }, writes, (client, written) => noteGroups(client, runNo, written))
  }
}
