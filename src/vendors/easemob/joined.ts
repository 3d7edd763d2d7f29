import { VendorError } from '../../core/errors.ts'
import type { Fault } from '../../core/errors.ts'
import type { GroupHint } from '../../core/group.ts'
import { countOf } from '../raw.ts'
import { repeats } from '../repeats.ts'
import { hintOf } from './lists.ts'
import type { Wire } from './wire.ts'

/** The two calls that list an account's groups (E3.2), with the greatest page each allows. */
interface Form {
  path(account: string): string
  readonly firstPage: number
  readonly pageSize: number
  readonly rows: 'data' | 'entities'
}
const OLD: Form = {
  path: (account) => `/users/${account}/joined_chatgroups`,
  firstPage: 1,
  pageSize: 100,
  rows: 'data',
}
const NEW: Form = { path: (account) => `/chatgroups/user/${account}`, firstPage: 0, pageSize: 20, rows: 'entities' }

interface Page {
  readonly hints: readonly GroupHint[]
  readonly rows: number
  readonly total: number | null
}

/** Faults that may come from an address this deployment does not serve. */
const MAY_BE_ABSENT: ReadonlySet<Fault> = new Set(['accountGone', 'bug', 'forbidden', 'badId', 'gone'])

/**
 * The groups of one account. Which deployment serves which form is unknown: the old one, with five times the rows a page, is
 * tried first, and the one that answered is remembered. Throws `accountGone` where no form knows the account.
 */
export function createJoinedGroups(wire: Wire) {
  let served: Form | null = null

  const page = (form: Form, account: string, number: number, signal: AbortSignal): Promise<Page> => {
    const path = `${form.path(encodeURIComponent(account))}?pagesize=${form.pageSize}&pagenum=${number}`
    return wire.ask('joinedGroups', path, { account }, signal, (opened) => {
      const found = opened.rows(form.rows)
      return { hints: found.flatMap(hintOf), rows: found.length, total: countOf(opened.body['total']) }
    })
  }

  async function begin(account: string, signal: AbortSignal): Promise<{ form: Form; first: Page }> {
    const refusals: VendorError[] = []
    for (const form of served === null ? [OLD, NEW] : [served]) {
      try {
        const first = await page(form, account, form.firstPage, signal)
        served = form
        return { form, first }
      } catch (error) {
        if (!(error instanceof VendorError) || !MAY_BE_ABSENT.has(error.fault)) throw error
        refusals.push(error)
      }
    }
    throw refusals.find(({ fault }) => fault === 'accountGone') ?? refusals[0] ?? new Error('no form was tried')
  }

  return async function* (accountId: string, signal: AbortSignal): AsyncGenerator<readonly GroupHint[]> {
    const account = accountId.toLowerCase()
    const { form, first } = await begin(account, signal)
    const seen = new Set<string>()
    let rows = 0
    for (let number = form.firstPage, at = first; ; at = await page(form, account, number, signal)) {
      const fresh = at.hints.filter(({ groupId }) => !seen.has(groupId))
      for (const { groupId } of fresh) seen.add(groupId)
      if (fresh.length > 0) yield fresh
      rows += at.rows
      number++
      if (at.rows === 0 || (at.total === null ? at.rows < form.pageSize : rows >= at.total)) return
      if (fresh.length === 0 && at.hints.length > 0) throw repeats(wire.caller.host, 'joinedGroups')
    }
  }
}
