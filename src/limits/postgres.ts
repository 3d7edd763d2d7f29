import { createSharedLimiter, type Places, type SharedOptions } from './shared.ts'
import type { Limiter } from './types.ts'

/**
 * The limiter that all who use one database share. Fails closed: without the database there is no place, hence no call.
 *
 * @param places of the store, one statement each
 */
export const createPostgresLimiter = (places: Places, options: SharedOptions = {}): Limiter =>
  createSharedLimiter(places, options)
