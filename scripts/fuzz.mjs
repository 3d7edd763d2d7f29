// A million inputs to everything that reads what others wrote. `npm run fuzz -- [INPUTS] [SEED]`
import { spawnSync } from 'node:child_process'

const [runs = '1000000', seed] = process.argv.slice(2)
const { status } = spawnSync('npx', ['vitest', 'run', 'test/fuzz'], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_RUNS: runs, ...(seed === undefined ? {} : { FUZZ_SEED: seed }) },
})
process.exit(status ?? 1)
