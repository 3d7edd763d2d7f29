/** How many inputs each target gets: ten thousand in all here, a million with `npm run fuzz`. */
const share = Number(process.env['FUZZ_RUNS'] ?? 10_000) / 10_000
const seed = process.env['FUZZ_SEED']

export const RUNS = {
  /** For each of three vendors. */
  vendor: Math.round(2000 * share),
  config: Math.round(1500 * share),
  time: Math.round(1500 * share),
  flags: Math.round(500 * share),
  timeline: Math.round(500 * share),
  seed: seed === undefined ? null : Number(seed),
} as const
