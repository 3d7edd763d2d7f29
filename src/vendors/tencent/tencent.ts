import { ENDPOINTS } from '../../core/endpoints.ts'
import type { Vendor, WireDeps } from '../types.ts'
import { check } from './check.ts'
import type { TencentConfig } from './config.ts'
import { createDetails } from './details.ts'
import { createJoinedGroups, listGroups } from './lists.ts'
import { memberPage, walkPlan } from './members.ts'
import { pack } from './pack.ts'
import { rolesInGroup } from './roles.ts'
import { createSizes } from './sizes.ts'
import { createWire } from './wire.ts'
import { normalType } from './words.ts'

/** The greatest page that both statements of the vendor's document allow (T3.4: "at most 200", "≤ 6000"). */
const PAGE_SIZE = 200

/** Tencent Cloud IM, one app. What it learns (field names, sizes of answers) lives as long as the object. */
export function createTencent(config: TencentConfig, deps: WireDeps): Vendor {
  const { clock } = deps
  const wire = createWire(config, deps)
  const sizes = createSizes()
  const { group, member } = config.customFields ?? {}
  const custom = member && new Set(member)
  const types = config.groupTypes?.length ? new Set(config.groupTypes.map(normalType)) : null
  const pageSize = Math.min(PAGE_SIZE, config.pageSize ?? PAGE_SIZE)
  const details = createDetails({ wire, sizes, clock, groupCustom: new Set(group), memberCustom: custom })

  return {
    kind: 'tencent',
    endpoints: ENDPOINTS.tencent,
    listGroups: (signal) => listGroups(wire, { types, clock }, signal),
    joinedGroups: createJoinedGroups(wire, { types, clock }),
    pack: (hints) => pack(hints, sizes),
    details,
    walkPlan: (found) => walkPlan(found, pageSize),
    memberPage: (found, position, size, signal) => memberPage(wire, { clock, custom }, found, position, size, signal),
    confirm: (found, accounts, signal) => rolesInGroup(wire, found, accounts, signal),
    check: (signal) => check(wire, config.identifier, clock, signal),
  }
}
