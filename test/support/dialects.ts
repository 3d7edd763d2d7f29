import type { VendorKind } from '../../src/core/endpoints.ts'
import type { SimApp } from '../../src/simulator/index.ts'
import { digitsGroupId, tencentGroupId } from '../../src/simulator/player.ts'
import type { World } from '../../src/simulator/types.ts'
import type { SyncSource } from '../../src/sync/types.ts'
import type { VendorConfig } from '../../src/vendors/index.ts'

export const VENDORS = ['tencent', 'easemob', 'yunxin'] as const satisfies readonly VendorKind[]

/** Credentials that nobody has: written out so that a test can look for them where they must not be. */
const TENCENT = { sdkAppId: 1400000001, secretKey: 'f3a9c1b77d204e5db6a8c1b77d204e5d' }
const EASEMOB = {
  orgName: 'acme',
  appName: 'im',
  clientId: 'fixture-client-id',
  clientSecret: 'fixture-s3cret-0123456789',
}
const YUNXIN = { appKey: 'fixture-app-key', appSecret: 'fixture-app-s3cret-0123456789abc' }

export type AppOf<V extends VendorKind> = Extract<SimApp, { vendor: V }>

/** What a test that runs over every vendor needs to know of each. */
export interface TestDialect<V extends VendorKind = VendorKind> {
  /** The simulated app over a world. */
  app(world: World, quirks?: AppOf<V>['quirks']): AppOf<V>
  /** The adapter's configuration for it. */
  config(baseUrl: string, types?: readonly string[]): VendorConfig
  /** How the app's groups are found, whatever the world comes to. */
  discover(world: World): SyncSource['discover']
  /** An id of a group as the vendor could give it. */
  groupId(n: number): string
  /** Kinds of groups, as worlds name them: the ordinary one first, then one that is listed in another way if there is one. */
  readonly types: readonly string[]
  /** Small pages, so that a small group takes several. */
  readonly smallPages: NonNullable<AppOf<V>['quirks']>
  readonly mapGroup: (group: string, generation: number) => string
  /** The texts that must be nowhere. */
  readonly secrets: readonly string[]
}

const digits = (n: number): string => (n % 2 === 0 ? String(9_007_199_254_740_993n + BigInt(n)) : String(1000 + n))

export const DIALECTS: { readonly [V in VendorKind]: TestDialect<V> } = {
  tencent: {
    app: (world, quirks = {}) => ({
      vendor: 'tencent',
      name: 'acme',
      ...TENCENT,
      admins: ['administrator'],
      world,
      limits: 'off',
      quirks,
    }),
    config: (baseUrl, types = []) => ({
      vendor: 'tencent',
      baseUrl,
      ...TENCENT,
      identifier: 'administrator',
      groupTypes: types,
    }),
    discover: () => ({ accounts: [], allGroups: true, groups: [], expand: 'none' }),
    groupId: (n) => (n % 4 === 3 ? `@TGS#_@TGS#c${n}` : `@TGS#g${n}`),
    types: ['Public', 'Public', 'Public', 'Community'],
    smallPages: { memberLimitCap: 30, overCap: 'clip', detailsMemberCap: 10 },
    mapGroup: tencentGroupId,
    secrets: [TENCENT.secretKey],
  },
  easemob: {
    app: (world, quirks = {}) => ({ vendor: 'easemob', name: 'acme', ...EASEMOB, world, limits: 'off', quirks }),
    config: (baseUrl) => ({ vendor: 'easemob', baseUrl, ...EASEMOB }),
    discover: () => ({ accounts: [], allGroups: true, groups: [], expand: 'none' }),
    groupId: digits,
    types: ['Public', 'Private'],
    // Without a complete list in the details, members are walked; the adapter never asks for less than 100 a page.
    smallPages: { pageCap: 100, affiliationsCap: 10 },
    mapGroup: digitsGroupId,
    secrets: [EASEMOB.clientSecret],
  },
  yunxin: {
    app: (world, quirks = {}) => ({ vendor: 'yunxin', name: 'acme', ...YUNXIN, world, limits: 'off', quirks }),
    config: (baseUrl, types = []) => ({
      vendor: 'yunxin',
      baseUrl,
      ...YUNXIN,
      teamTypes: types.length === 0 ? [1, 2] : types.map((type) => (type === 'super' ? 2 : 1)),
    }),
    // No list of all teams: everybody's joined teams. A team of nobody is in no such list and is named.
    discover: (world) => ({
      get accounts() {
        return world.accounts()
      },
      allGroups: false,
      get groups() {
        return [...world.groups.values()].flatMap((group) =>
          group.dissolvedAt === null && group.members.size === 0 ? [group.groupId] : [],
        )
      },
      expand: 'none',
    }),
    groupId: digits,
    types: ['advanced', 'advanced', 'super'],
    smallPages: { pageCap: 20 },
    mapGroup: digitsGroupId,
    secrets: [YUNXIN.appSecret],
  },
}
