import { ENDPOINTS, VENDOR_KINDS, type VendorKind } from '../../core/endpoints.ts'
import { EASEMOB_TYPES, TENCENT_TYPES, YUNXIN_TYPES } from '../../simulator/generate.ts'
import type { SimApp } from '../../simulator/index.ts'
import type { IdStyle } from '../../simulator/names.ts'
import { digitsGroupId, tencentGroupId } from '../../simulator/player.ts'
import type { World } from '../../simulator/types.ts'

/** The credentials of the simulated apps: for the simulator on this machine alone, and written out for its users. */
const TENCENT = { sdkAppId: 1400000001, secretKey: '5f1c7d0e9ab24c36b8f0d2e47a915cc3' }
const ADMIN = 'administrator'
const EASEMOB = {
  orgName: 'acme',
  appName: 'im',
  clientId: 'YXA6simulated',
  clientSecret: 'YXA6b0c1d2e3f4a5968778695a4b3c2d1e0f',
}
const YUNXIN = { appKey: 'a5e1c3b7d9f04826a1b3c5d7e9f02468', appSecret: '9d4c2b6a8e01' }

export const VENDORS = VENDOR_KINDS

export interface Simulated {
  readonly vendor: VendorKind
  readonly name: string
  readonly world: World
}

interface Dialect {
  /** How the vendor's ids look, and which kinds of groups it tells apart. */
  readonly idStyle: IdStyle
  readonly types: readonly string[]
  readonly groupId: (group: string, generation: number) => string
  app(name: string, world: World): SimApp
  /** The lines of a source besides name, vendor and address. */
  source(world: World): Readonly<Record<string, string | number>>
}

/** What each vendor's simulated app needs besides a world. */
export const DIALECTS: Readonly<Record<VendorKind, Dialect>> = {
  tencent: {
    idStyle: 'tencent',
    types: TENCENT_TYPES,
    groupId: tencentGroupId,
    app: (name, world) => ({ vendor: 'tencent', name, ...TENCENT, admins: [ADMIN], world }),
    source: () => ({ ...TENCENT, identifier: ADMIN, discover: '{ allGroups: true }' }),
  },
  easemob: {
    idStyle: 'digits',
    types: EASEMOB_TYPES,
    groupId: digitsGroupId,
    app: (name, world) => ({ vendor: 'easemob', name, ...EASEMOB, world }),
    source: () => ({ ...EASEMOB, discover: '{ allGroups: true }' }),
  },
  yunxin: {
    idStyle: 'digits',
    types: YUNXIN_TYPES,
    groupId: digitsGroupId,
    app: (name, world) => ({ vendor: 'yunxin', name, ...YUNXIN, world }),
    source: (world) => ({ ...YUNXIN, discover: discoverFrom(world) }),
  },
}

/** One app a vendor, each with its world. `limits: 'off'` serves as fast as it can. */
export function simulatedApps(all: readonly Simulated[], limits?: 'off'): SimApp[] {
  return all.map(({ vendor, name, world }) => ({
    ...DIALECTS[vendor].app(name, world),
    ...(limits === undefined ? {} : { limits }),
  }))
}

/** A sources file for simulated apps at an address; `fast` lifts Rollcall's own limits as well. */
export function sourcesYaml(all: readonly Simulated[], url: string, { fast = false } = {}): string {
  const sources = all.map(({ vendor, name, world }) => {
    const lifted = Object.keys(ENDPOINTS[vendor]).map((endpoint) => `${endpoint}: 10000`)
    const lines = {
      vendor,
      baseUrl: url,
      ...DIALECTS[vendor].source(world),
      ...(fast ? { limits: `{ ${lifted.join(', ')} }` } : {}),
    }
    return [`  - name: ${name}`, ...Object.entries(lines).map(([key, value]) => `    ${key}: ${value}`)].join('\n')
  })
  return `sources:\n${sources.join('\n')}\n`
}

/**
 * Where Yunxin's teams are found, which has no list of them: one account of each circle of people who are in teams
 * together, and from them on to whoever they are in teams with. Teams of nobody can only be named.
 */
function discoverFrom(world: World): string {
  const accounts: string[] = []
  const empty: string[] = []
  const met = new Set<string>()
  for (const group of world.groupOrder) {
    if (group.dissolvedAt !== null) continue
    const [first] = group.members.keys()
    if (first === undefined) empty.push(group.groupId)
    else if (!met.has(first)) {
      accounts.push(first)
      meetAll(world, first, met)
    }
  }
  const groups = empty.length === 0 ? '' : `, groups: [${empty.map((id) => JSON.stringify(id)).join(', ')}]`
  return `{ accounts: [${accounts.map((account) => JSON.stringify(account)).join(', ')}]${groups}, expand: members }`
}

function meetAll(world: World, first: string, met: Set<string>): void {
  const next = [first]
  for (let account = next.pop(); account !== undefined; account = next.pop()) {
    if (met.has(account)) continue
    met.add(account)
    for (const group of world.groupsOf(account)) for (const other of group.members.keys()) next.push(other)
  }
}
