import type { Follow, Work } from '../src/queue/types.ts'

/** Which job works a kind of part. */
const JOB_OF = {
  list: 'discover',
  accounts: 'discover',
  batch: 'read-batch',
  group: 'read-group',
  gone: 'read-batch',
} as const

/** Queues what a use case wants done next. */
export async function follow(work: Work, { parts, finished }: Follow, runNo: number, urgent: boolean): Promise<void> {
  for (const name of new Set(parts.map((part) => JOB_OF[part.kind]))) {
    const theirs = parts.filter((part) => JOB_OF[part.kind] === name)
    await work.enqueue(
      name,
      theirs.map((part) => ({ run: part.runNo, part: part.partNo, urgent })),
      { urgent },
    )
  }
  if (finished) await work.enqueue('finish-run', [{ run: runNo }], { urgent })
}
