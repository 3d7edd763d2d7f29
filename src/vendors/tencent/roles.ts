import { VendorError } from '../../core/errors.ts'
import type { Group } from '../../core/group.ts'
import { isRaw, listOf, slices } from '../raw.ts'
import type { Presence } from '../types.ts'
import type { Wire } from './wire.ts'
import { roleOf } from './words.ts'

const ACCOUNTS_A_CALL = 500

/**
 * `get_role_in_group` (T3.5, T-ROLE19): the vendor's direct word. Only `NotMember` is `out`; a role is `in`; an account that
 * is not answered, answered twice in different ways or in a word never heard of is `unknown`. Where the type of group has no
 * such call (10007) everybody is `unknown`. Every asked account is in the result.
 */
export async function rolesInGroup(
  wire: Wire,
  group: Group,
  accounts: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Presence>> {
  const result = new Map<string, Presence>(accounts.map((account) => [account, 'unknown']))
  const waiting = slices([...result.keys()], ACCOUNTS_A_CALL)
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    try {
      for (const [account, presence] of await ask(wire, group.groupId, part, signal)) result.set(account, presence)
    } catch (error) {
      if (!(error instanceof VendorError)) throw error
      if (error.fault === 'forbidden') return new Map(accounts.map((account) => [account, 'unknown']))
      if (error.fault !== 'tooBig' || part.length === 1) throw error
      waiting.unshift(...slices(part, Math.ceil(part.length / 2)))
    }
  }
  return result
}

function ask(wire: Wire, groupId: string, part: readonly string[], signal: AbortSignal) {
  const body = JSON.stringify({ GroupId: groupId, User_Account: part })
  return wire.ask('getRoleInGroup', body, signal, (opened) => {
    if (opened.code !== 0) throw opened.refusal()
    const asked = new Set(part)
    const found = new Map<string, Presence>()
    for (const row of listOf(opened.body['UserIdList'])) {
      const account = isRaw(row) ? row['Member_Account'] : undefined
      if (!isRaw(row) || typeof account !== 'string' || !asked.has(account)) continue
      const presence = presenceOf(row['Role'])
      const before = found.get(account)
      found.set(account, before === undefined || before === presence ? presence : 'unknown')
    }
    return found
  })
}

function presenceOf(word: unknown): Presence {
  if (typeof word === 'string' && word.trim() === 'NotMember') return 'out'
  return roleOf(word) === undefined ? 'unknown' : 'in'
}
