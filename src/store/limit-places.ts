import type { Pool } from 'pg'
import { explainDatabaseError } from './explain.ts'
import { statement } from './statement.ts'

/** The rows of the rate limiter, by the database's clock: one statement a step, so that each is atomic. */
export function createLimitPlaces(pool: Pool) {
  async function ask<T extends object>(name: string, params: readonly unknown[]): Promise<T[]> {
    try {
      const { rows } = await pool.query<T>(statement(name), [...params])
      return rows
    } catch (error) {
      throw explainDatabaseError(error) ?? error
    }
  }
  return {
    async take(source: string, endpoint: string, stepMs: number, horizonMs: number) {
      const [row] = await ask<{ taken: boolean; wait_ms: number }>('limit-take', [source, endpoint, stepMs, horizonMs])
      if (row === undefined) throw new Error('the limiter gave no answer')
      return { taken: row.taken, waitMs: row.wait_ms }
    },
    async slowDown(source: string, endpoint: string, waitMs: number) {
      await ask('limit-slow-down', [source, endpoint, waitMs])
    },
    async pause(source: string, waitMs: number) {
      await ask('limit-pause', [source, waitMs])
    },
  }
}
