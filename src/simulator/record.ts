import type { Seen } from './types.ts'

/** The last requests whole, and the count of all of them by app, endpoint and answer. */
export function createRecord(capacity: number) {
  let kept: Seen[] = []
  const counts = new Map<string, Map<string, number>>()
  return {
    add(seen: Seen) {
      const key = `${seen.app}/${seen.endpoint}`
      const answers = counts.get(key) ?? new Map<string, number>()
      counts.set(key, answers)
      answers.set(seen.answer, (answers.get(seen.answer) ?? 0) + 1)
      if (capacity === 0) return
      kept.push(seen)
      // Cut only when twice too long, so that keeping the last ones costs nothing per request.
      if (kept.length >= capacity * 2) kept = kept.slice(-capacity)
    },
    seen: (): readonly Seen[] => (kept.length > capacity ? kept.slice(-capacity) : kept.slice()),
    clear() {
      kept = []
    },
    /** `app/endpoint` → `{ total, [answer]: n }`. */
    counts(): Record<string, Record<string, number> & { total: number }> {
      const all: Record<string, Record<string, number> & { total: number }> = {}
      for (const [key, answers] of counts) {
        let total = 0
        for (const n of answers.values()) total += n
        all[key] = { ...Object.fromEntries(answers), total }
      }
      return all
    },
  }
}
