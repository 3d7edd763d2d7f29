import { ENDPOINTS } from '../../core/endpoints.ts'
import type { Vendor, WireDeps } from '../types.ts'
import type { EasemobConfig } from './config.ts'
import { details } from './details.ts'
import { createJoinedGroups } from './joined.ts'
import { createListSize, listGroups } from './lists.ts'
import { createMembers } from './members.ts'
import { overlay } from './overlay.ts'
import { pack } from './pack.ts'
import { confirm } from './presence.ts'
import { createWire } from './wire.ts'
import type { Wire } from './wire.ts'
import { accountReader } from './words.ts'

/** Easemob, one app. What it learns (the token, page sizes, the form of joined groups) lives as long as the object. */
export function createEasemob(config: EasemobConfig, deps: WireDeps): Vendor {
  const { clock } = deps
  const wire = createWire(config, deps)
  const accountOf = accountReader(wire.caller.app)
  const listSize = createListSize()

  return {
    kind: 'easemob',
    endpoints: ENDPOINTS.easemob,
    listGroups: (signal) => listGroups(wire, listSize, signal),
    joinedGroups: createJoinedGroups(wire),
    pack,
    details: (batch, signal) => details(wire, accountOf, batch, signal),
    ...createMembers(wire, accountOf),
    overlay: (group, signal, kept) => overlay({ wire, accountOf, clock }, group, signal, kept),
    confirm: (group, accounts, signal) => confirm(wire, group, accounts, signal),
    check: (signal) => check(wire, signal),
  }
}

/** The token and one row of the list of all groups. */
async function check(wire: Wire, signal: AbortSignal): Promise<string> {
  const any = await wire.ask(
    'listGroups',
    '/chatgroups?limit=1',
    {},
    signal,
    (opened) => opened.rows('data').length > 0,
  )
  return `${wire.caller.host} answers app ${wire.caller.app}${any ? '' : '; the app has no groups yet'}`
}
