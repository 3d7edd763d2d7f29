import { customText } from '../customText.ts'
import { shuffled } from '../random.ts'
import type { SimGroup } from '../types.ts'
import { type Answer, type Call, ownerName, userName, wireId } from './call.ts'
import { noGroup, Refusal } from './refusal.ts'

const MOST_IDS = 100
const PRIVATE = new Set(['private', 'work'])

/** E3.3, one to a hundred ids. What a batch says of a missing group is `quirks.batchMissing`. */
export function details(call: Call): Answer {
  const { app, quirks, services } = call
  const ids = [...new Set(call.groupIds)]
  if (call.groupIds.length > MOST_IDS) throw new Refusal('illegal_argument', `more than ${MOST_IDS} group ids`)
  const found: object[] = []
  const missing: unknown[] = []
  for (const id of ids) {
    const group = app.world.groups.get(id)
    if (group && group.dissolvedAt === null) found.push(described(call, group))
    else if (quirks.batchMissing !== 'omit') missing.push(missingElement(quirks.batchMissing, id))
  }
  const [first = ''] = ids
  if (found.length === 0 && (ids.length === 1 || quirks.batchAllMissing === 404)) throw noGroup(first)
  const all = [...found, ...missing]
  return { data: quirks.shuffleDetails ? shuffled(all, services.random) : all, count: found.length }
}

function missingElement(style: 'stringElement' | 'objectWithError' | 'objectWithIdAndError', id: string): unknown {
  const error = "group id doesn't exist"
  if (style === 'stringElement') return error
  return style === 'objectWithError' ? { error } : { id, error }
}

/** What the detail call and the new joined list have in common. A group that nobody may ask to join is not public. */
export function basicFields(call: Call, group: SimGroup): Record<string, unknown> {
  const isPublic = !PRIVATE.has(group.type.toLowerCase()) && group.joinOption !== 'DisableApply'
  return {
    id: wireId(group),
    name: group.name,
    avatar: call.quirks.detailShape === 'now' ? `https://img.example/${group.groupId}.png` : undefined,
    description: group.introduction,
    owner: ownerName(call, group),
    disabled: call.quirks.disabledGroups.has(group.groupId),
    public: isPublic,
    allowinvites: false,
    membersonly: group.joinOption !== 'FreeAccess',
    maxusers: group.maxMembers,
    created: group.createdAt,
    ...(call.quirks.unknownFields && { xFutureField: { deep: [1, null] } }),
  }
}

function described(call: Call, group: SimGroup): object {
  const now = call.quirks.detailShape === 'now'
  return {
    ...basicFields(call, group),
    custom: customText(group.custom),
    mute: group.muteAll,
    affiliations_count: group.members.size,
    ...(now ? { affiliations: affiliations(call, group) } : { permission: 'member' }),
  }
}

/** The owner last; cut off at the cap, as if the group had no more. */
function affiliations(call: Call, group: SimGroup): object[] {
  const { ownerId } = group
  const most = call.quirks.affiliationsCap - (ownerId === null ? 0 : 1)
  const rows: object[] = []
  for (const { accountId } of group.members.values()) {
    if (rows.length >= most) break
    if (accountId !== ownerId) rows.push({ member: userName(call, accountId) })
  }
  if (ownerId !== null) rows.push({ owner: userName(call, ownerId) })
  return rows
}
