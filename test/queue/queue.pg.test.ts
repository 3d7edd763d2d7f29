import { describe, vi } from 'vitest'
import { queueLaws } from './laws.ts'
import { scheduleLaws } from './schedule-laws.ts'

vi.setConfig({ testTimeout: 120_000 }) // workers start as processes of their own

describe('the queue in PostgreSQL', () => {
  queueLaws(() => ({ redis: null }))
  scheduleLaws(() => ({ redis: null }))
})
