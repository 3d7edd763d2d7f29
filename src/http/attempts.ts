const WINDOW_MS = 60_000
const PER_ADDRESS = 10
const IN_ALL = 200
const MOST_ADDRESSES = 10_000

/** Counts wrong tokens: ten a minute from one address, two hundred from all, then nobody there is listened to for a while. */
export function createAttempts(now: () => number) {
  let windowEnds = 0
  let all = 0
  const byAddress = new Map<string, number>()
  const turn = (): void => {
    if (now() < windowEnds) return
    windowEnds = now() + WINDOW_MS
    all = 0
    byAddress.clear()
  }
  return {
    /** Seconds until this address may try again; 0 when it may now. */
    waitSeconds(address: string): number {
      turn()
      const tooMany = (byAddress.get(address) ?? 0) >= PER_ADDRESS || all >= IN_ALL
      return tooMany ? Math.max(1, Math.ceil((windowEnds - now()) / 1000)) : 0
    },
    wrong(address: string): void {
      turn()
      all++
      if (byAddress.size < MOST_ADDRESSES || byAddress.has(address))
        byAddress.set(address, (byAddress.get(address) ?? 0) + 1)
    },
  }
}
export type Attempts = ReturnType<typeof createAttempts>
