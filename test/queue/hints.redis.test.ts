import { describe, vi } from 'vitest'
import { testRedis } from '../support/redis.ts'
import { hintLaws } from './hint-laws.ts'

const redis = await testRedis()

vi.setConfig({ testTimeout: 120_000 })

describe.skipIf(redis === null)('webhooks, the queue in Redis', () => {
  hintLaws(() => ({ redis }))
})
