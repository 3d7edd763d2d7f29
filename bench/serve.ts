// The simulated vendor in a process of its own, limits off. Argument: what to serve, as JSON. Prints its address.
import { realClock } from '../src/simulator/clock.ts'
import { generateWorld } from '../src/simulator/generate.ts'
import { startSimulator } from '../src/simulator/index.ts'
import type { World } from '../src/simulator/types.ts'
import { createWorld } from '../src/simulator/world.ts'

const asked = JSON.parse(process.argv[2] ?? '{}') as {
  readonly heavyTailed?: { readonly groups: number; readonly accounts: number; readonly memberships: number }
  /** So many groups of these sizes, taken in turn. */
  readonly even?: { readonly groups: number; readonly sizes: readonly number[] }
}

function even(groups: number, sizes: readonly number[]): World {
  const world = createWorld(realClock, { keepEvents: false })
  const joinedAt = realClock.now() - 86_400_000
  for (let number = 0; number < groups; number++) {
    const groupId = `@TGS#2EVEN${number.toString(36).toUpperCase().padStart(6, '0')}`
    world.createGroup({ groupId, type: 'Public', createdAt: joinedAt, maxMembers: 2_000_000 })
    const size = sizes[number % sizes.length] ?? 0
    for (let index = 0; index < size; index++) {
      world.join(groupId, `user_${number.toString(36)}_${index.toString(36)}`, {
        joinedAt: joinedAt + index,
        msgSeq: index,
      })
    }
  }
  return world
}

const { heavyTailed = { groups: 2000, accounts: 50_000, memberships: 200_000 } } = asked
const world =
  asked.even === undefined
    ? generateWorld({
        seed: 1,
        ...heavyTailed,
        clock: realClock,
        keepEvents: false,
        types: ['Public', 'Private', 'ChatRoom'],
      })
    : even(asked.even.groups, asked.even.sizes)
const { url } = await startSimulator({
  keepSeen: 0,
  apps: [
    {
      vendor: 'tencent',
      name: 'bench',
      sdkAppId: 1400000001,
      secretKey: 'bench-key-5f1c7d0e9ab24c36',
      admins: ['administrator'],
      world,
      limits: 'off',
      quirks: { shuffleGroupInfo: false },
    },
  ],
})
process.stdout.write(`${url}\n`)
process.stdin.resume().once('end', () => process.exit(0))
