import { GROUPS } from './groups.ts'
import { GROWTH } from './growth.ts'
import { MOMENTS } from './moments.ts'
import { PEOPLE } from './people.ts'
import { TRUST } from './trust.ts'
import type { Report } from './types.ts'

/** Every ready report, in the order of the questions in docs/reports.md. */
export const REPORTS: readonly Report[] = [...MOMENTS, ...GROWTH, ...PEOPLE, ...GROUPS, ...TRUST]
