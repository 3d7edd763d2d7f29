import type { Follow, JobKind, Work } from '../src/queue/types.ts'
import { discover } from './discover.ts'
import { finishRun } from './finish-run.ts'
import type { PartPayload } from './part.ts'
import { readBatch } from './read-batch.ts'
import { readGroup } from './read-group.ts'

const KINDS: Readonly<Record<Follow['parts'][number]['kind'], JobKind<PartPayload>>> = {
  list: discover,
  accounts: discover,
  batch: readBatch,
  group: readGroup,
}

/** Queues what a use case wants done next. */
export async function follow(work: Work, { parts, finished }: Follow, runNo: number, urgent: boolean): Promise<void> {
  for (const kind of new Set(parts.map((part) => KINDS[part.kind]))) {
    const theirs = parts.filter((part) => KINDS[part.kind] === kind)
    await work.enqueue(
      kind,
      theirs.map((part) => ({ run: part.runNo, part: part.partNo, urgent })),
      { urgent },
    )
  }
  if (finished) await work.enqueue(finishRun, [{ run: runNo }], { urgent })
}
