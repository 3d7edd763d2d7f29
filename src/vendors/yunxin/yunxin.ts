import { ENDPOINTS } from '../../core/endpoints.ts'
import type { Vendor, WireDeps } from '../types.ts'
import { check } from './check.ts'
import type { YunxinConfig } from './config.ts'
import { createDetails, createPack } from './details.ts'
import { createKnown } from './known.ts'
import { joinedGroups } from './lists.ts'
import { memberPage } from './members.ts'
import { PAGE_SIZE } from './paging.ts'
import { createWire } from './wire.ts'

/**
 * NetEase Yunxin, one app, by the server API v2.1. There is no list of all teams (Y3.1) and no call that says whether an
 * account is in a team (Y3.5): teams are found by accounts and ids, and a second walk decides about whoever is absent.
 * What it learns (types of ids, that super teams are off) lives as long as the object.
 */
export function createYunxin(config: YunxinConfig, deps: WireDeps): Vendor {
  const wire = createWire(config, deps)
  const known = createKnown(deps.clock)
  const teamTypes = [...config.teamTypes].sort((a, b) => a - b)
  const rules = { wire, known, teamTypes }

  return {
    kind: 'yunxin',
    endpoints: ENDPOINTS.yunxin,
    joinedGroups: (accountId, signal) => joinedGroups(wire, rules, accountId, signal),
    pack: createPack(rules),
    details: createDetails(rules),
    walkPlan: () => ({ kind: 'token', pageSize: PAGE_SIZE }),
    memberPage: (group, position, size, signal) => memberPage(wire, group, position, size, signal),
    check: (signal) => check(wire, signal),
  }
}
