import type { Pool } from 'pg'
import type { Millis } from '../../core/member.ts'
import { overlappingStays, recordedLeaves, rollNow } from '../../store/overview.ts'
import type { DemoProof } from '../demo-report.ts'
import type { Simulated } from './simulated.ts'

/** Keeps comparing what the database holds with what the simulated worlds know to be true. */
export class Comparison {
  readonly moments: Millis[] = []
  readonly #pool: Pool
  readonly #apps: readonly Simulated[]
  #compared = 0
  #differences = 0

  constructor(pool: Pool, apps: readonly Simulated[]) {
    this.#pool = pool
    this.#apps = apps
  }

  /** The whole roll against the truth: who is in which group, with which role. */
  async atEndOfSync(now: Millis): Promise<void> {
    this.moments.push(now)
    for (const { name, world } of this.#apps) {
      const kept = await rollNow(this.#pool, name)
      for (const group of world.groups.values()) {
        // No call lists the members of an AVChatRoom: there is nothing to compare.
        if (group.dissolvedAt !== null || group.type === 'AVChatRoom') continue
        const roll = kept.get(group.groupId) ?? new Map<string, string>()
        this.#compared += group.members.size
        for (const { accountId, role } of group.members.values()) {
          if (roll.get(accountId) !== role.toLowerCase()) this.#differences++
          roll.delete(accountId)
        }
        this.#differences += roll.size
      }
    }
  }

  async finish(): Promise<DemoProof> {
    let falseLeaves = 0
    let overlaps = 0
    for (const app of this.#apps) {
      falseLeaves += await this.#falseLeaves(app)
      overlaps += await overlappingStays(this.#pool, app.name)
    }
    const { moments } = this
    return { moments: moments.length, compared: this.#compared, falseLeaves, overlaps, differences: this.#differences }
  }

  /** Recorded leaves without a leave (or the end of the group) in the world within their bounds. */
  async #falseLeaves({ name, world }: Simulated): Promise<number> {
    const real = new Map<string, Millis[]>()
    const add = (key: string, t: Millis) => real.set(key, [...(real.get(key) ?? []), t])
    for (const event of world.events) {
      if (event.op === 'member.leave') add(JSON.stringify([event.group, event.account]), event.t)
      if (event.op === 'group.dissolve') add(JSON.stringify([event.group]), event.t)
    }
    const leaves = await recordedLeaves(this.#pool, name)
    return leaves.filter(({ groupId, accountId, notBefore, notAfter }) => {
      const times = [
        ...(real.get(JSON.stringify([groupId, accountId])) ?? []),
        ...(real.get(JSON.stringify([groupId])) ?? []),
      ]
      return !times.some((t) => t >= notBefore && t <= notAfter + 1000)
    }).length
  }
}
