import type { Group } from '../../core/group.ts'
import type { WalkPlan } from '../../core/walk.ts'
import type { MemberPage, Position } from '../types.ts'
import { createPageSize } from './page-size.ts'
import { parseMembers } from './parse-member.ts'
import type { Wire } from './wire.ts'
import type { AccountOf } from './words.ts'

/** The greatest page now (E-NOW), and the greatest of 2023, which every server honours (E3.4). */
const PAGE_SIZE = 1000
const SURE_SIZE = 100

/**
 * The member list (E3.4): numbered pages from 1, no total, no mark of the end. A server of 2023 gives 100 rows whatever it
 * is asked for; once a page has had more, a shorter page than asked for is the end.
 */
export function createMembers(wire: Wire, accountOf: AccountOf) {
  const limit = createPageSize(PAGE_SIZE, SURE_SIZE)
  let roomy = false

  return {
    walkPlan(): WalkPlan {
      const pageSize = limit.current()
      return { kind: 'page', pageSize, sureSize: roomy ? pageSize : SURE_SIZE, firstPage: 1 }
    },

    async memberPage(group: Group, position: Position, size: number, signal: AbortSignal): Promise<MemberPage> {
      if (position.kind !== 'page') throw new Error('Easemob numbers its pages')
      const base = `/chatgroups/${encodeURIComponent(group.groupId)}/users?pagenum=${position.page}`
      const rows = await limit.within(size, (most) => {
        const path = `${base}&pagesize=${most}&joined_time=true`
        return wire.ask('groupMembers', path, { groupId: group.groupId }, signal, (opened) => opened.rows('data'))
      })
      if (rows.length > SURE_SIZE) roomy = true
      else if (rows.length === SURE_SIZE && size > SURE_SIZE) roomy = false
      return { ...parseMembers(rows, group.ownerId, accountOf), memberCount: null, next: null }
    },
  }
}
