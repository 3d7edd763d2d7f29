/** Requests of one kind, and whether one more fits into the sliding second that ends now. */
interface Window {
  times: number[]
  head: number
}

const SECOND = 1000

/** Limits as the vendors word them: so many calls in any second. Also keeps the highest rate that was ever seen. */
export function createLimits(now: () => number) {
  const granted = new Map<string, Window>()
  const arrived = new Map<string, Window>()
  const peaks = new Map<string, number>()

  /** How many requests the second up to `at` holds. */
  function inSecond(windows: Map<string, Window>, key: string, at: number): Window & { count: number } {
    const window = windows.get(key) ?? { times: [], head: 0 }
    windows.set(key, window)
    let oldest = window.times[window.head]
    while (oldest !== undefined && oldest <= at - SECOND) {
      window.head += 1
      oldest = window.times[window.head]
    }
    // The outdated front is cut off in large pieces, or every request would move the whole list.
    if (window.head > 4096) {
      window.times.splice(0, window.head)
      window.head = 0
    }
    return Object.assign(window, { count: window.times.length - window.head })
  }

  return {
    /** Counts a request towards the peak rate, whatever becomes of it. */
    arrive(key: string) {
      const window = inSecond(arrived, key, now())
      window.times.push(now())
      peaks.set(key, Math.max(peaks.get(key) ?? 0, window.count + 1))
    },
    take(key: string, perSecond: number, refusedCounts: boolean): boolean {
      const window = inSecond(granted, key, now())
      const fits = window.count < perSecond
      if (fits || refusedCounts) window.times.push(now())
      return fits
    },
    peaks: (): Record<string, number> => Object.fromEntries(peaks),
  }
}
