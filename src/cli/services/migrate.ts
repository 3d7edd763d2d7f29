import type { Config } from '../../config.ts'
import { migrateQueue } from '../../queue/backend.ts'
import { appliedVersion, migrate } from '../../store/migrate.ts'
import type { Life, MigrateResult } from '../types.ts'
import { openContext } from './context.ts'

export async function runMigrate(config: Config, life: Life): Promise<MigrateResult> {
  await using context = await openContext(config, { signal: life.signal, migrated: false })
  const { applied } = await migrate(context.pool, { signal: life.signal })
  await migrateQueue({ redisUrl: config.redisUrl, databaseUrl: context.databaseUrl })
  return { applied, version: await appliedVersion(context.pool) }
}
