import type { LimitFunction } from 'p-limit'
import type { Pool } from 'pg'
import type { Clock } from '../core/clock.ts'
import type { Group, GroupHint } from '../core/group.ts'
import type { Member } from '../core/member.ts'
import type { RollWrite } from '../core/roll-write.ts'
import { planUnwalked } from '../core/unwalked.ts'
import { type KnownGroup, knownGroups } from '../store/known.ts'
import { type Trace, untraced } from '../trace.ts'
import { idOf, readDetails } from './read-details.ts'
import { type Reading, readByRoster, readByWalk, readingOf, unwalked } from './reading.ts'
import { type Approvals, receiptOf, settle, withKnownTimes } from './settle.ts'
import { rooms } from './room.ts'
import { settleLarge } from './settle-large.ts'
import { stayUnwalked } from './stay-unwalked.ts'
import type { SyncSource } from './types.ts'
import type { Journal } from './walk-group.ts'

/** What reading a batch of groups needs, and whom it tells. */
export interface BatchDeps {
  readonly pool: Pool
  readonly clock: Clock
  readonly source: SyncSource
  readonly sourceNo: number
  readonly signal: AbortSignal
  readonly trace?: Trace | undefined
  /** What the database knows of the groups; brought up to date where another writer was quicker. */
  readonly known: Map<string, KnownGroup>
  /** From how many members on a group is not held in memory; see `walkGroup`. */
  readonly largeFrom?: number | undefined
  /** Bounds the walks of member lists under way. */
  readonly walks: LimitFunction
  /** What joined-group lists say of the crawled accounts' own memberships. */
  selvesOf(groupId: string): readonly Member[]
  /** What a person has approved, by group. */
  readonly approved?: Approvals | undefined
  /** Keeps the vendor's word that known groups are gone until it is known how many they are. */
  setAside(gone: readonly Reading[]): Promise<void> | void
  /** Carries out the writes; returns the ids that another writer has overtaken. */
  write(writes: readonly RollWrite[], readings: readonly Reading[]): Promise<ReadonlySet<string>>
  /** Groups of a type that is not wanted. */
  leaveOut?(groupIds: readonly string[]): Promise<void>
  /** How long a group may go unwalked where nothing in its details changes; null: this run walks. */
  readonly fullEveryMs: number | null
  /** True where somebody else will walk this group. */
  handOver?(group: Group): Promise<boolean>
  /** Where the pages of a walk are kept. */
  journal?(group: Group, attempt: number): Promise<Journal>
  /** Ends everything else under way: one of the walks met what no other call can get past. */
  stop(error: unknown): void
  /** Groups that could not be read for a reason that is not theirs. */
  giveUp(groupIds: readonly string[], note: string): Promise<void> | void
}

const ATTEMPTS = 3

/** Reads the groups of one details call: those that come with their members at once, the others by walking. */
export async function readBatch(deps: BatchDeps, batch: readonly GroupHint[], attempt = 1): Promise<void> {
  if (deps.signal.aborted) return
  const { trace = untraced } = deps
  await trace('read groups', { source: deps.source.name, groups: batch.length, attempt }, () =>
    readTraced({ ...deps, trace }, batch, attempt),
  )
}

async function readTraced(
  deps: BatchDeps & { readonly trace: Trace },
  batch: readonly GroupHint[],
  attempt: number,
): Promise<void> {
  const { source, clock, signal } = deps
  const beganAt = clock.now()
  const readings: Reading[] = []
  const walks: { readonly group: Group; readonly roster?: readonly Member[] }[] = []
  const unwanted: string[] = []
  const answers = await readDetails(source.vendor, batch, signal)
  const storedOf = (groupId: string) => deps.known.get(groupId)?.roll ?? null
  const still = await stayUnwalked(deps.pool, deps.known, answers, beganAt, deps.fullEveryMs)
  for (const answer of answers) {
    if (answer.kind === 'found' && source.types?.includes(answer.group.type) === false) {
      unwanted.push(answer.group.groupId)
      continue
    }
    const reading = readingOf(answer, source.vendor, deps.selvesOf(idOf(answer)), beganAt, storedOf(idOf(answer)))
    if (reading !== null) readings.push(reading)
    else if (answer.kind !== 'found') continue
    else if (still.has(answer.group.groupId)) readings.push(unwalked(answer.group, beganAt))
    else walks.push(answer)
  }
  if (unwanted.length > 0) await deps.leaveOut?.(unwanted)
  const refused = [...(await keep(deps, readings))]
  const walked = await Promise.allSettled(
    walks.map(async ({ group, roster }) => {
      try {
        if (roster === undefined && (await deps.handOver?.(group)) === true) return
        const walk = async () => {
          signal.throwIfAborted()
          using room = rooms.enter()
          const reading =
            roster === undefined
              ? await readByWalk(source.vendor, group, clock, signal, {
                  journal: (await deps.journal?.(group, attempt)) ?? null,
                  ...(deps.largeFrom === undefined ? {} : { largeFrom: deps.largeFrom }),
                  room,
                  stored: storedOf(group.groupId),
                  fillIn: (rows) => withKnownTimes(deps.pool, deps.known.get(group.groupId) ?? null, rows),
                })
              : await readByRoster(source.vendor, group, roster, beganAt, signal)
          await using _large = reading.large
          return await keep(deps, [reading])
        }
        const named = { source: source.name, group: group.groupId }
        refused.push(...(await deps.walks(() => deps.trace('read group', named, walk))))
      } catch (error) {
        deps.stop(error)
        throw error
      }
    }),
  )
  // Only when all have ended: nothing of this batch calls or writes after it.
  const failed = walked.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  // Outside the bounds of `walks`: who waits for a place while holding one may wait for ever.
  await again(deps, refused, attempt)
}

/** Compares, decides and writes. Returns the ids that another writer has overtaken. */
async function keep(deps: BatchDeps, readings: readonly Reading[]): Promise<ReadonlySet<string>> {
  const ends = ({ groupId, outcome }: Reading) => outcome === 'gone' && known.get(groupId)?.dissolvedAt === null
  const { clock, known } = deps
  const gone = readings.filter(ends).map((reading) => ({ ...reading, endedAt: clock.now() }))
  if (gone.length > 0) await deps.setAside(gone)
  const others = readings.filter((reading) => !ends(reading))
  if (others.length === 0) return new Set()
  const small = others.filter(({ large, outcome }) => large === undefined && outcome !== 'unwalked')
  const writes = await settle(settleDeps(deps), small, known)
  const endedAt = clock.now()
  for (const reading of others) {
    const group = known.get(reading.groupId)
    if (reading.outcome === 'unwalked' && group !== undefined)
      writes.push(planUnwalked(receiptOf(reading, 0, endedAt), group))
  }
  for (const reading of others) {
    if (reading.large === undefined) continue
    writes.push(
      await settleLarge(
        { ...settleDeps(deps), largeFrom: deps.largeFrom },
        reading,
        reading.large,
        known.get(reading.groupId) ?? null,
      ),
    )
  }
  return deps.write(writes, others)
}

/** What comparing needs of all that reading needs. */
export function settleDeps(deps: Pick<BatchDeps, 'pool' | 'clock' | 'source' | 'signal' | 'approved'>) {
  const { pool, clock, source, signal, approved } = deps
  return { pool, clock, signal, vendor: source.vendor, leaveGuard: source.leaveGuard, approved }
}

/** What another writer has overtaken is read again, a few times. */
async function again(deps: BatchDeps, refused: readonly string[], attempt: number): Promise<void> {
  if (refused.length === 0) return
  const fresh = await knownGroups(deps.pool, deps.sourceNo, refused)
  for (const [groupId, group] of fresh) deps.known.set(groupId, group)
  if (attempt < ATTEMPTS) {
    const hints = refused.map((groupId) => ({ groupId, known: true }))
    return readBatch(deps, hints, attempt + 1)
  }
  const [one] = refused
  await deps.giveUp(
    refused,
    `${refused.length} group(s) were overtaken by other syncs three times, e.g. ${one}: if no other sync runs, this machine's clock is behind an earlier one's`,
  )
}
