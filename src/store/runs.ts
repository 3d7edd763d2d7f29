import { type Prisma, PrismaClient } from './prisma/client.js'
import { PrismaPg } from '@prisma/adapter-pg'
import type { Pool } from 'pg'
import { UsageError } from '../core/errors.ts'

export const TRIGGERS = ['schedule', 'manual', 'webhook'] as const
export type Trigger = (typeof TRIGGERS)[number]
export type Verdict = 'complete' | 'partial' | 'failed'

export interface RunCounts {
  readonly groups: {
    readonly seen: number
    readonly complete: number
    readonly partial: number
    readonly gone: number
    readonly failed: number
    readonly unchanged: number
    /** Groups of which the details alone were read, as nothing in them had changed. */
    readonly unwalked: number
  }
  readonly members: {
    readonly read: number
    readonly joined: number
    readonly left: number
    readonly changed: number
    readonly held: number
  }
  readonly calls: Readonly<Record<string, number>>
  readonly rateLimited: number
}

export interface RunEnd extends RunCounts {
  readonly verdict: Verdict
  readonly reason: string | null
  readonly finishedAt: number
  readonly durationMs: number
}

export interface FinishedRun extends RunCounts {
  readonly runId: number
  readonly source: string
  readonly trigger: string
  readonly verdict: string | null
  readonly reason: string | null
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly durationMs: number | null
}

/** Sources and runs: single rows, by Prisma. */
export function createRuns(pool: Pool) {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) })
  return {
    /** The number of a source, entered at its first sync. Throws when the name belongs to another vendor's source. */
    async source(name: string, vendor: string): Promise<number> {
      const known = await this.knownSource(name, vendor)
      if (known !== null) return known
      // Not an upsert: two of them at once can both find nothing, and one then fails.
      await prisma.source.createMany({ data: [{ name, vendor }], skipDuplicates: true })
      return (await prisma.source.findUniqueOrThrow({ where: { name } })).sourceNo
    },

    /** The number of a source that was synced before, else null. Throws when the name belongs to another vendor's source. */
    async knownSource(name: string, vendor: string): Promise<number | null> {
      const row = await prisma.source.findUnique({ where: { name } })
      if (row !== null && row.vendor !== vendor) {
        throw new UsageError(
          `The source "${name}" was read from ${row.vendor} before and is ${vendor} now: give the new one another name.`,
        )
      }
      return row?.sourceNo ?? null
    },

    /** Opens a run, and closes those of the source that were killed: the source's lock is held, so nobody works on them. */
    async open(sourceNo: number, trigger: Trigger, startedAt: number): Promise<number> {
      await prisma.run.updateMany({
        where: { sourceNo, finishedAt: null, work: { is: null } }, // a run that workers share ends by itself
        data: { finishedAt: new Date(startedAt), verdict: 'failed', reason: 'the process ended before the run did' },
      })
      const run = await prisma.run.create({ data: { sourceNo, trigger, startedAt: new Date(startedAt) } })
      return run.runNo
    },

    async close(runNo: number, end: RunEnd): Promise<void> {
      await prisma.run.update({
        where: { runNo },
        data: {
          finishedAt: new Date(end.finishedAt),
          verdict: end.verdict,
          reason: end.reason,
          groupsSeen: end.groups.seen,
          groupsComplete: end.groups.complete,
          groupsPartial: end.groups.partial,
          groupsGone: end.groups.gone,
          groupsFailed: end.groups.failed,
          groupsUnchanged: end.groups.unchanged,
          groupsUnwalked: end.groups.unwalked,
          membersRead: end.members.read,
          membersJoined: end.members.joined,
          membersLeft: end.members.left,
          membersChanged: end.members.changed,
          membersHeld: end.members.held,
          calls: { ...end.calls },
          rateLimited: end.rateLimited,
          durationMs: end.durationMs,
        },
      })
    },

    async read(runNo: number): Promise<FinishedRun | null> {
      const run = await prisma.run.findUnique({ where: { runNo }, include: { source: true } })
      return run === null ? null : fromRow(run)
    },

    /** The newest run of a source, null before the first. */
    async last(name: string): Promise<FinishedRun | null> {
      const run = await prisma.run.findFirst({
        where: { source: { name } },
        orderBy: { runNo: 'desc' },
        include: { source: true },
      })
      return run === null ? null : fromRow(run)
    },
    async [Symbol.asyncDispose]() {
      await prisma.$disconnect()
    },
  }
}
export type Runs = ReturnType<typeof createRuns>

function fromRow(run: Prisma.RunGetPayload<{ include: { source: true } }>): FinishedRun {
  return {
    runId: run.runNo,
    source: run.source.name,
    trigger: run.trigger,
    verdict: run.verdict,
    reason: run.reason,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    durationMs: run.durationMs === null ? null : Number(run.durationMs),
    groups: {
      seen: run.groupsSeen,
      complete: run.groupsComplete,
      partial: run.groupsPartial,
      gone: run.groupsGone,
      failed: run.groupsFailed,
      unchanged: run.groupsUnchanged,
      unwalked: run.groupsUnwalked,
    },
    members: {
      read: Number(run.membersRead),
      joined: Number(run.membersJoined),
      left: Number(run.membersLeft),
      changed: Number(run.membersChanged),
      held: Number(run.membersHeld),
    },
    calls: Object.fromEntries(
      Object.entries(run.calls !== null && typeof run.calls === 'object' ? run.calls : {}).map(([name, count]) => [
        name,
        Number(count),
      ]),
    ),
    rateLimited: run.rateLimited,
  }
}
