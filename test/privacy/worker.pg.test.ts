import { describe, vi } from 'vitest'
import { forgetLaws } from './worker-laws.ts'

vi.setConfig({ testTimeout: 120_000 })

describe('forgetting beside workers, the queue in PostgreSQL', () => {
  forgetLaws(
    () => ({ redis: null }),
    async () => [],
  )
})
