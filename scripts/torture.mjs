// The crash and fault matrices in full, or one cell of them again.
// `npm run torture -- [--seed N] [--only TEXT] [--most N] [--cell NAME]`, e.g. --cell tencent/kill/sql:COMMIT:before#3,
// or --only yunxin/fault; --most draws so many of each matrix.
import { spawnSync } from 'node:child_process'

const args = process.argv.slice(2)
const given = (flag) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined)
const seed = given('--seed') ?? String(Math.floor(Math.random() * 1e6))
const cell = given('--cell')
const env = { TORTURE_ONLY: given('--only'), TORTURE_MOST: given('--most'), TORTURE_CELL: cell }
const { status } = spawnSync('npx', ['vitest', 'run', 'test/torture'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    TORTURE: 'all',
    TORTURE_SEED: seed,
    ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
  },
})
process.exit(status ?? 1)
