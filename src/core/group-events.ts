import { canonical } from './canonical.ts'
import { GROUP_HISTORY } from './fingerprint.ts'
import type { Group } from './group.ts'
import type { JsonObject, Millis } from './member.ts'

export interface GroupEvent {
  readonly kind: 'created' | 'renamed' | 'owner' | 'updated' | 'dissolved' | 'reappeared'
  readonly old: JsonObject | null
  readonly new: JsonObject | null
}

const COLUMN: Readonly<Record<(typeof GROUP_HISTORY)[number], string>> = {
  type: 'type',
  name: 'name',
  ownerId: 'owner_id',
  maxMembers: 'max_members',
  muteAll: 'mute_all',
  joinMode: 'join_mode',
  attributes: 'attributes',
}

function shown(group: Group, keys: readonly (typeof GROUP_HISTORY)[number][]): JsonObject {
  return Object.fromEntries(keys.map((key) => [COLUMN[key], group[key]]))
}

/** What a read shows to have happened to a group: a kind each for its name and owner, one for all the rest. */
export function groupEvents(before: Group | null, after: Group, dissolvedAt: Millis | null): GroupEvent[] {
  if (before === null) return [{ kind: 'created', old: null, new: shown(after, GROUP_HISTORY) }]
  const events: GroupEvent[] = []
  if (dissolvedAt !== null) events.push({ kind: 'reappeared', old: null, new: shown(after, ['name']) })
  const differs = GROUP_HISTORY.filter((key) => canonical(before[key]) !== canonical(after[key]))
  const rest = differs.filter((key) => key !== 'name' && key !== 'ownerId')
  const say = (kind: GroupEvent['kind'], keys: readonly (typeof GROUP_HISTORY)[number][]) =>
    events.push({ kind, old: shown(before, keys), new: shown(after, keys) })
  if (differs.includes('name')) say('renamed', ['name'])
  if (differs.includes('ownerId')) say('owner', ['ownerId'])
  if (rest.length > 0) say('updated', rest)
  return events
}
