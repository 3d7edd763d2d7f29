import { describe, vi } from 'vitest'
import { testRedis } from '../support/redis.ts'
import { queueLaws } from './laws.ts'
import { scheduleLaws } from './schedule-laws.ts'

const redis = await testRedis()

vi.setConfig({ testTimeout: 120_000 }) // workers start as processes of their own

describe.skipIf(redis === null)('the queue in Redis', () => {
  queueLaws(() => ({ redis }))
  scheduleLaws(() => ({ redis }))
})
