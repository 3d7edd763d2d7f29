import { describe, vi } from 'vitest'
import { hintLaws } from './hint-laws.ts'

vi.setConfig({ testTimeout: 120_000 })

describe('webhooks, the queue in PostgreSQL', () => {
  hintLaws(() => ({ redis: null }))
})
