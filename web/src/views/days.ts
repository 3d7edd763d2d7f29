import { useEffect, useState } from 'preact/hooks'
import { get } from '../api.ts'
import { href } from '../router.ts'
import type { DaysAnswer } from '../types.ts'

type Days = DaysAnswer['days']
const kept = new Map<string, Promise<Days>>()

function daysOf(source: string, days: string, zone: string): Promise<Days> {
  const url = href(`/api/sources/${source}/days`, { days, zone })
  const known = kept.get(url)
  if (known !== undefined) return known
  const asked = get<DaysAnswer>(url).then((answer) => answer.days)
  kept.set(url, asked)
  const forget = (): void => void kept.delete(url)
  asked.then(() => setTimeout(forget, 20_000), forget)
  return asked
}

/** The days of some sources, summed; null until all are there. */
export function useDaysOf(sources: readonly string[], days: string, zone: string): Days | null {
  const [sum, setSum] = useState<Days | null>(null)
  const names = sources.join(' ')
  useEffect(() => {
    if (names === '') return
    let wanted = true
    Promise.all(names.split(' ').map((source) => daysOf(source, days, zone))).then(
      (all) => {
        if (wanted) setSum(sumOfDays(all))
      },
      () => null, // the figures beside it say what is wrong
    )
    return () => {
      wanted = false
    }
  }, [names, days, zone])
  return sum
}

export function sumOfDays(all: readonly Days[]): Days {
  const [first = [], ...others] = all
  return first.map((day, n) =>
    others.reduce((sum, days) => {
      const other = days[n]
      if (other === undefined) return sum
      return {
        at: sum.at,
        joined: sum.joined + other.joined,
        backlog: sum.backlog + other.backlog,
        left: sum.left + other.left,
        members: sum.members + other.members,
        groups: sum.groups + other.groups,
      }
    }, day),
  )
}
