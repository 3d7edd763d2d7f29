import type { Change, RunCounts, Status, SyncResult } from '../../src/cli/types.ts'

/** Local time, so that the tests hold in every time zone. */
export const at = new Date(2024, 4, 1, 10, 0, 0).getTime()

export const change = (more: Partial<Change>): Change => ({
  id: 7,
  source: 'acme',
  groupId: '@TGS#1',
  accountId: 'leckie',
  kind: 'joined',
  at,
  notBefore: null,
  notAfter: at,
  old: null,
  new: { role: 'admin' },
  runId: 3,
  ...more,
})

export const counts: RunCounts = {
  groups: { seen: 300, complete: 298, partial: 1, gone: 1, failed: 0, unchanged: 290, unwalked: 0 },
  members: { read: 12_345, joined: 12, left: 3, changed: 4, held: 0 },
  calls: { getGroupInfo: 12, getGroupMemberInfo: 444, getRoleInGroup: 0 },
  rateLimited: 2,
  durationMs: 12_400,
}
export const result = (more: Partial<SyncResult>): SyncResult => ({
  ...counts,
  source: 'acme',
  runId: 3,
  verdict: 'complete',
  error: null,
  problems: [],
  interrupted: false,
  ...more,
})

const ran = { ...counts, runId: 3, verdict: 'complete', startedAt: at - 200_000, finishedAt: at - 185_000 } as const
export const status: Status = {
  sources: [
    {
      name: 'acme',
      vendor: 'tencent',
      lastRun: ran,
      oldestCompleteRead: at - 185_000,
      groups: 300,
      members: 12_345,
      held: 2,
      nextRun: at + 7_200_000,
      quarantine: { total: 0, records: [] },
    },
    {
      name: 'acme-easemob',
      vendor: 'easemob',
      lastRun: null,
      oldestCompleteRead: null,
      groups: 0,
      members: 0,
      held: 0,
      nextRun: null,
      quarantine: { total: 0, records: [] },
    },
  ],
}
