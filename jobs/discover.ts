import { partJob } from './part.ts'

/** Finds groups: the vendor's list of all of them, or the lists of some accounts. */
export const discover = partJob('discover')
