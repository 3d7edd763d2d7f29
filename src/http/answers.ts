import type { z } from 'zod'
import type { accountAnswer, stay } from './api/accounts.ts'
import type { changesAnswer } from './api/changes.ts'
import type { groupAnswer, membersAnswer, seriesAnswer } from './api/group.ts'
import type { findAnswer, groupsAnswer } from './api/groups.ts'
import type { decidedAnswer, heldAnswer } from './api/held.ts'
import type { daysAnswer, sourcesAnswer } from './api/overview.ts'
import type { described, reportAnswer, reportsAnswer } from './api/reports.ts'
import type { runAnswer, runGroupsAnswer, runsAnswer } from './api/runs.ts'
import type { change, resyncState, run } from './schemas.ts'

/** What the API answers, for the page: types made of the schemas that check the answers. */
export type SourcesAnswer = z.output<typeof sourcesAnswer>
export type SourceView = SourcesAnswer['sources'][number]
export type DaysAnswer = z.output<typeof daysAnswer>
export type GroupsAnswer = z.output<typeof groupsAnswer>
export type GroupListedView = GroupsAnswer['groups'][number]
export type FindAnswer = z.output<typeof findAnswer>
export type GroupView = z.output<typeof groupAnswer>
export type SeriesAnswer = z.output<typeof seriesAnswer>
export type MembersAnswer = z.output<typeof membersAnswer>
export type AccountAnswer = z.output<typeof accountAnswer>
export type StayView = z.output<typeof stay>
export type ChangesAnswer = z.output<typeof changesAnswer>
export type ChangeView = z.output<typeof change>
export type RunView = z.output<typeof run>
export type RunsAnswer = z.output<typeof runsAnswer>
export type RunAnswer = z.output<typeof runAnswer>
export type RunGroupsAnswer = z.output<typeof runGroupsAnswer>
export type HeldAnswer = z.output<typeof heldAnswer>
export type DecidedAnswer = z.output<typeof decidedAnswer>
export type ReportView = z.output<typeof described>
export type ReportsAnswer = z.output<typeof reportsAnswer>
export type ReportAnswer = z.output<typeof reportAnswer>
export type ResyncView = z.output<typeof resyncState>
