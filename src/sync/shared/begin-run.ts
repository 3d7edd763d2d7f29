import { answeredBy, type Ask, endAsk, readAsk } from '../../store/asks.ts'
import { setWanted } from '../../store/known.ts'
import { openRun, type PartRef, type Seeds } from '../../store/work.ts'
import { type NamedSource, withNamesOrLater } from '../with-names.ts'
import type { SharedDeps } from './types.ts'

/** What became of an ask: `busy` waits for the run of the whole source that is under way. */
export type Begun =
  | { readonly kind: 'begun'; readonly runNo: number; readonly parts: readonly PartRef[]; readonly urgent: boolean }
  | { readonly kind: 'answered' | 'busy' | 'gone' }

/** Begins the run of an ask, unless a read that began after the ask has answered it already. */
export async function beginRun(deps: SharedDeps, askNo: number): Promise<Begun> {
  const { pool, runs, clock, log } = deps
  const ask = await readAsk(pool, askNo)
  if (ask === null || ask.ended || ask.runNo !== null) return { kind: 'gone' }
  const answer = await answered(deps, ask)
  if (answer !== null && (await endAsk(pool, askNo, `run ${answer.runNo} has read it since it was asked for`, answer)))
    return { kind: 'answered' }
  await using source = deps.openSource(ask.source, { urgent: ask.urgent })
  const sourceNo = await runs.source(source.name, source.vendor.kind)
  if (ask.scope === null) await setWanted(pool, sourceNo, source.types)
  const named = await withNamesOrLater(pool, source, sourceNo)
  const opened = await openRun(pool, sourceNo, ask, seedsOf(ask, named), clock.now())
  if (opened === null) return { kind: 'busy' }
  log.info({ source: ask.source, runNo: opened.runNo, trigger: ask.trigger, whole: ask.scope === null }, 'run begun')
  return { kind: 'begun', urgent: ask.urgent, ...opened }
}

/** Only asks for groups alone: what belongs to an account is not known before its list is read. */
async function answered({ pool }: SharedDeps, { askNo, scope }: Ask) {
  if (scope === null || scope.accounts.length > 0) return null
  const runNo = await answeredBy(pool, askNo, scope.groups)
  return runNo === null ? null : { runNo, groups: scope.groups }
}

function seedsOf(ask: Ask, { source: { discover, types, vendor }, kept, forgets }: NamedSource): Seeds {
  if (ask.scope !== null) return { ...ask.scope, accounts: kept(ask.scope.accounts), known: null, list: false, forgets }
  const list = discover.allGroups && vendor.listGroups !== undefined
  return { known: { types }, groups: discover.groups, accounts: discover.accounts, list, forgets }
}
