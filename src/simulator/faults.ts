import type { Dialect, Target } from './dialect.ts'
import type { Random } from './random.ts'
import type { FaultRule } from './types.ts'

/** Faults of the network and of gateways, the same for every vendor. All other names are the vendors' own codes. */
export const transportFaults = [
  'http502',
  'http503',
  'http429',
  'html',
  'truncate',
  'timeout',
  'slow',
  'reset',
  'empty',
] as const
export type TransportFault = (typeof transportFaults)[number]

export const isTransportFault = (name: string): name is TransportFault =>
  transportFaults.some((known) => known === name)

/** The rules in force. A rule without rate and times always applies. */
export function createFaultBook(dialects: readonly Dialect[], random: Random) {
  let rules: { rule: FaultRule; left: number }[] = []
  return {
    /** Refuses a name that nobody would act on: a fault that never happens makes a test pass for nothing. */
    add(rule: FaultRule) {
      if (!isTransportFault(rule.name) && !dialects.some((dialect) => dialect.fault(rule.name)))
        throw new Error(`no fault ${rule.name}; there are ${transportFaults.join(', ')} and the vendors' codes`)
      if (rule.rate !== undefined && !(rule.rate >= 0 && rule.rate <= 1))
        throw new Error(`the rate of fault ${rule.name} is ${rule.rate}, not between 0 and 1`)
      rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY })
    },
    clear() {
      rules = []
    },
    /** The first rule that strikes this request, used up by one. */
    strike(target: Target, dialect: Dialect): FaultRule | null {
      for (const entry of rules) {
        const { rule } = entry
        if (entry.left <= 0) continue
        if (rule.app !== undefined && rule.app !== target.app?.name) continue
        if (rule.endpoint !== undefined && rule.endpoint !== target.endpoint) continue
        if (rule.groupId !== undefined && !target.groupIds.includes(rule.groupId)) continue
        if (!isTransportFault(rule.name) && !dialect.fault(rule.name)) continue
        if (rule.rate !== undefined && !random.chance(rule.rate)) continue
        entry.left -= 1
        rules = rules.filter(({ left }) => left > 0)
        return rule
      }
      return null
    },
  }
}
