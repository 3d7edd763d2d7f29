import { partJob } from './part.ts'

/** Reads a batch of groups: their details, small groups whole, the members of others by walking. */
export const readBatch = partJob('read-batch')
