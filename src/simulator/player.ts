import { createHash } from 'node:crypto'
import type { ManualClock } from './clock.ts'
import { digits } from './names.ts'
import type { Timeline, TimelineEvent } from './timeline.ts'
import type { World } from './types.ts'

export interface PlayOptions {
  /** The world's own clock; it follows the events. */
  clock: ManualClock
  /** Plays up to this unix second at once; default: nothing yet. */
  untilT?: number
  /** The vendor's id of a group's generation, default `tencentGroupId`; `digitsGroupId` suits the other vendors. */
  mapGroup?: (group: string, generation: number) => string
  /** Default: the same. */
  mapAccount?: (account: string) => string
  /** Default `Public`. */
  type?: string
}

export interface Player {
  /** Applies what happened up to and with this unix second, and moves the clock there. Returns the number of events. */
  playUntil(t: number): number
  /** The unix second of the next events, null at the end. */
  readonly nextT: number | null
  /** The vendor's id of a timeline's group as it stands now (or stood last), undefined before its time. */
  groupId(group: string): string | undefined
}

/** Plays a recorded history into a world, piece by piece. All events of one second happen before anyone can look. */
export function playTimeline(timeline: Timeline, world: World, options: PlayOptions): Player {
  const { clock, mapGroup = tencentGroupId, mapAccount = (account) => account, type = 'Public' } = options
  if (world.clock !== clock) throw new Error('the clock to play by is not the clock of the world')
  const ids = new Map<string, string>()
  const taken = new Map<string, string>()
  let position = 0

  function apply(event: TimelineEvent) {
    if (event.op === 'group.create') {
      const id = mapGroup(event.group, event.gen)
      const other = taken.get(id)
      if (other !== undefined) throw new Error(`groups ${other} and ${event.group} both become ${id}`)
      taken.set(id, event.group)
      ids.set(event.group, id)
      world.createGroup({ groupId: id, type, name: event.name, introduction: event.description })
      return
    }
    const id = ids.get(event.group)
    if (id === undefined) throw new Error(`no group ${event.group}`)
    switch (event.op) {
      case 'group.update': {
        const { name, description } = event.set
        world.updateGroup(id, {
          ...(name !== undefined && { name }),
          ...(description !== undefined && { introduction: description }),
        })
        break
      }
      case 'group.dissolve':
        world.dissolve(id)
        break
      case 'member.join':
        world.join(id, mapAccount(event.account), { role: event.role })
        break
      case 'member.role':
        world.setRole(id, mapAccount(event.account), event.role)
        break
      case 'member.leave':
        world.leave(id, mapAccount(event.account))
        break
      default:
        event satisfies never
    }
  }

  function playUntil(t: number): number {
    const before = position
    let event = timeline.events[position]
    while (event && event.t <= t) {
      clock.set(event.t * 1000)
      apply(event)
      position += 1
      event = timeline.events[position]
    }
    if (Number.isFinite(t) && t * 1000 > clock.now()) clock.set(t * 1000)
    return position - before
  }

  if (options.untilT !== undefined) playUntil(options.untilT)
  return {
    playUntil,
    get nextT() {
      return timeline.events[position]?.t ?? null
    },
    groupId: (group) => ids.get(group),
  }
}

const hash = (group: string, generation: number) => createHash('sha256').update(`${generation}\n${group}`).digest()

/** `@TGS#2` and 60 bits of a hash: always the same for the same group and generation. */
export function tencentGroupId(group: string, generation: number): string {
  const bits = BigInt(`0x${hash(group, generation).toString('hex').slice(0, 15)}`)
  return `@TGS#2${bits.toString(36).toUpperCase().padStart(12, '0')}`
}

/** As Easemob and Yunxin number their groups: see `digits`. */
export function digitsGroupId(group: string, generation: number): string {
  return digits(Number(BigInt(`0x${hash(group, generation).toString('hex').slice(0, 15)}`) % 2n ** 46n))
}
