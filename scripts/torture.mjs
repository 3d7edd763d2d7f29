// The crash and fault matrices in full, or one cell of them again.
// `npm run torture -- [--seed N] [--only TEXT] [--most N] [--each N] [--cell NAME]`, e.g. --cell tencent/kill/sql:COMMIT:before#3,
// --cell worker/redis/tencent/lose-redis/ack:read-batch:before, or --only yunxin/fault; --most draws so many of each matrix,
// --each so many points for each blow to a worker of each vendor's source on each backend (2).
import { spawnSync } from 'node:child_process'

const args = process.argv.slice(2)
const given = (flag) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined)
const seed = given('--seed') ?? String(Math.floor(Math.random() * 1e6))
const cell = given('--cell')
const env = {
  TORTURE_ONLY: given('--only'),
  TORTURE_MOST: given('--most'),
  TORTURE_EACH: given('--each'),
  TORTURE_CELL: cell,
}
// One cell needs only the file that plays it.
const plays =
  cell === undefined ? 'test/torture' : `test/torture/${cell.startsWith('worker/') ? 'worker' : 'torture'}.pg`
const { status } = spawnSync('npx', ['vitest', 'run', plays], {
  stdio: 'inherit',
  env: {
    ...process.env,
    TORTURE: 'all',
    TORTURE_SEED: seed,
    ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
  },
})
process.exit(status ?? 1)
