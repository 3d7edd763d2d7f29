import { VendorError } from '../../core/errors.ts'
import type { Group, GroupAnswer, GroupHint } from '../../core/group.ts'
import { slices } from '../raw.ts'
import type { Raw } from '../raw.ts'
import { askAlone } from './alone.ts'
import type { AloneRules } from './alone.ts'
import { teamInfo, teamInfoBatch } from './info.ts'
import type { Place } from './known.ts'
import { ownerInList } from './members.ts'
import { missingIn, parseTeam } from './parse-team.ts'
import type { TeamType } from './team.ts'

/** Teams a batch call takes (Y3.3, else 108314). */
export const TEAMS_A_CALL = { 1: 30, 2: 20 } as const satisfies Record<TeamType, number>

interface Asked {
  readonly hint: GroupHint
  readonly place: Place
}

/** Batches for `details`: each of one type, as many as one call takes. Ids of unknown type go with the first configured. */
export function createPack({ known, teamTypes }: AloneRules) {
  return (hints: readonly GroupHint[]): GroupHint[][] => {
    const typeOf = (hint: GroupHint) => known.place(hint)?.type ?? teamTypes[0] ?? 1
    const of = (type: TeamType) => hints.filter((hint) => typeOf(hint) === type)
    return [...slices(of(2), TEAMS_A_CALL[2]), ...slices(of(1), TEAMS_A_CALL[1])]
  }
}

/**
 * The details of some teams (Y3.3). Several are asked for by the batch call, whose silence about a team is no verdict:
 * such a team is `missing`, to be asked for alone. One is asked for by the call of its own. Members never come along.
 */
export function createDetails(rules: AloneRules) {
  const { wire, known, teamTypes } = rules
  /** Learned: whether the call for one team tells what the batch call leaves out. */
  let aloneTellsMore = true

  async function alone({ hint, place }: Asked, signal: AbortSignal): Promise<GroupAnswer> {
    const verdict = await askAlone(rules, hint, place, signal)
    if (verdict.kind !== 'found') return verdict
    return found(await withOwner(parseTeam(verdict.raw, hint.groupId, verdict.type), verdict.type, place.tid, signal))
  }

  async function batched(type: TeamType, asked: readonly Asked[], signal: AbortSignal): Promise<GroupAnswer[]> {
    if (type === 2 && known.superOff()) return Promise.all(asked.map((one) => alone(one, signal))) // makes no call
    const tids = asked.map(({ place }) => place.tid)
    try {
      const elements = await teamInfoBatch(wire, type, tids, signal)
      return await Promise.all(asked.map((one) => settled(type, one, elements.get(one.place.tid), signal)))
    } catch (error) {
      if (!(error instanceof VendorError)) throw error
      if (error.fault === 'notEnabled' && type === 2) {
        known.superRefused()
        return batched(type, asked, signal)
      }
      // One id may have failed them all (U15): each is to be asked alone.
      if (error.fault !== 'gone' && error.fault !== 'bug') throw error
      return asked.map(({ hint: { groupId } }) => ({ kind: 'missing', groupId }))
    }
  }

  async function settled(
    type: TeamType,
    { hint: { groupId }, place: { tid } }: Asked,
    raw: Raw | null | undefined,
    signal: AbortSignal,
  ): Promise<GroupAnswer> {
    if (raw === undefined || raw === null) return { kind: 'missing', groupId }
    try {
      const whole = await filled(raw, type, tid, signal)
      if (whole === null) return { kind: 'missing', groupId }
      return found(await withOwner(parseTeam(whole, groupId, type), type, tid, signal))
    } catch (error) {
      if (!(error instanceof VendorError) || endsRun(error)) throw error
      return error.fault === 'gone' ? { kind: 'missing', groupId } : { kind: 'failed', groupId, reason: error.message }
    }
  }

  /** The same fields by every way of asking: what the batch leaves out is asked for alone, if that helps. */
  async function filled(raw: Raw, type: TeamType, tid: string, signal: AbortSignal): Promise<Raw | null> {
    const missing = missingIn(raw)
    if (missing === '' || !aloneTellsMore) return raw
    const word = await teamInfo(wire, known, { type, tid }, signal)
    if (word.kind !== 'found') return null
    aloneTellsMore = missingIn(word.raw) !== missing
    return word.raw
  }

  async function withOwner(group: Group, type: TeamType, tid: string, signal: AbortSignal): Promise<Group> {
    if (type === 2) known.isSuper(group.groupId)
    return group.ownerId === null ? { ...group, ownerId: await ownerInList(wire, { type, tid }, signal) } : group
  }

  return async (batch: readonly GroupHint[], signal: AbortSignal): Promise<readonly GroupAnswer[]> => {
    const places = batch.map((hint) => ({ hint, place: known.place(hint) }))
    const asked = places.flatMap(({ hint, place }) => (place === null ? [] : [{ hint, place }]))
    const [only] = asked
    if (only !== undefined && batch.length === 1) return [await alone(only, signal)]
    const answers = new Map<string, GroupAnswer>()
    for (const type of [1, 2] as const) {
      const ofType = asked.filter(({ place }) => (place.type ?? teamTypes[0] ?? 1) === type)
      for (const part of slices(ofType, TEAMS_A_CALL[type]))
        for (const answer of await batched(type, part, signal)) answers.set(idOf(answer), answer)
    }
    return batch.map((hint) => answers.get(hint.groupId) ?? noTeam(hint))
  }
}

function idOf(answer: GroupAnswer): string {
  return answer.kind === 'found' ? answer.group.groupId : answer.groupId
}

function found(group: Group): GroupAnswer {
  return { kind: 'found', group, members: group.memberCount === 0 ? [] : null, bad: [] }
}

function noTeam({ groupId }: GroupHint): GroupAnswer {
  const reason = 'a team id is up to 19 digits, or super/ and digits: check discover.groups'
  return { kind: 'failed', groupId, reason }
}

function endsRun({ fault }: VendorError): boolean {
  return fault === 'stop' || fault === 'pause' || fault === 'renew'
}
