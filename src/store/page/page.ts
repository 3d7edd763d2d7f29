import type { Pool } from 'pg'
import { databaseNow } from '../queries.ts'
import { REPORTS } from '../reports/catalog.ts'
import { runReport } from '../reports/run.ts'
import type { Report, ReportAsk } from '../reports/types.ts'
import { find, staysOf } from './accounts.ts'
import { changePage, type ChangePageAsk } from './changes.ts'
import { countGroups, groupReads, type GroupsAsk, listGroups, oneGroup } from './groups.ts'
import { rollAt, type RollAsk } from './roll.ts'
import { listRuns, oneRun, runOutcomes, runReads, type RunsAsk } from './runs.ts'
import { groupsByDay, series, type SeriesAsk } from './series.ts'
import { callTotals, listSources, retention, runTotals } from './sources.ts'

/** Everything that the web page and its API ask of the database. */
export function createPageData(pool: Pool) {
  return {
    now: () => databaseNow(pool),
    sources: () => listSources(pool),
    runTotals: () => runTotals(pool),
    callTotals: () => callTotals(pool),
    retention: () => retention(pool),
    groups: (of: GroupsAsk) => listGroups(pool, of),
    groupCounts: (of: GroupsAsk) => countGroups(pool, of),
    group: (source: string, groupId: string) => oneGroup(pool, source, groupId),
    groupReads: (source: string, groupId: string, runs: number) => groupReads(pool, source, groupId, runs),
    roll: (of: RollAsk) => rollAt(pool, of),
    series: (of: SeriesAsk) => series(pool, of),
    groupsByDay: (of: Omit<SeriesAsk, 'groupId' | 'step'>) => groupsByDay(pool, of),
    stays: (source: string, accountId: string, most: number) => staysOf(pool, source, accountId, most),
    find: (text: string, most: number) => find(pool, text, most),
    changes: (of: ChangePageAsk) => changePage(pool, of),
    runs: (of: RunsAsk) => listRuns(pool, of),
    run: (id: number) => oneRun(pool, id),
    runOutcomes: (id: number) => runOutcomes(pool, id),
    runReads: (of: Parameters<typeof runReads>[1]) => runReads(pool, of),
    reports: REPORTS,
    report: (report: Report, of: ReportAsk) => runReport(pool, report, of),
    connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  }
}
export type PageData = ReturnType<typeof createPageData>
