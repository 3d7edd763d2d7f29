import { partJob } from './part.ts'

/** Reads one large group; where its worker ends, another goes on with the pages read so far. */
export const readGroup = partJob('read-group')
