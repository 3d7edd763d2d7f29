// The full churn run: 200 syncs with heavy change between the pages of every walk. `npm run churn -- [SYNCS] [SEED]`
import { spawnSync } from 'node:child_process'

const [syncs = '200', seed = String(Math.floor(Math.random() * 1e6))] = process.argv.slice(2)
const { status } = spawnSync('npx', ['vitest', 'run', 'test/sync/churn'], {
  stdio: 'inherit',
  env: { ...process.env, CHURN_SYNCS: syncs, CHURN_SEED: seed },
})
process.exit(status ?? 1)
