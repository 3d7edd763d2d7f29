import { discover } from './discover.ts'
import { finishRun } from './finish-run.ts'
import { readBatch } from './read-batch.ts'
import { readGroup } from './read-group.ts'
import { retain } from './retain.ts'
import { startSync } from './start-sync.ts'
import { watch } from './watch.ts'

/** Everything a worker can do. */
export const JOBS = [startSync, discover, readBatch, readGroup, finishRun, retain, watch] as const
