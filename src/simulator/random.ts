/** Chance that repeats: the same seed gives the same world, the same faults, the same day. */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number
  /** A whole number, 0 ≤ x < below. */
  int(below: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** One of a non-empty list. */
  pick<T>(list: readonly T[]): T
}

/** mulberry32: 32 bits of state, fast, and good enough to imitate chance. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick(list) {
      const at = int(list.length)
      for (const item of list.slice(at, at + 1)) return item
      throw new Error('nothing to pick from')
    },
  }
}

/** The same items in another order. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}
