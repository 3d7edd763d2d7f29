import { Redis } from 'ioredis'
import { OperatorError } from '../core/errors.ts'

const WAIT_MS = 5000

/**
 * The version of the server at an address of Redis.
 *
 * @throws OperatorError where it does not answer
 */
export async function pingRedis(url: string): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: WAIT_MS,
    commandTimeout: WAIT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectionName: 'rollcall-doctor',
  })
  let fault: Error | null = null
  redis.on('error', (error: Error) => {
    fault = error
  })
  try {
    await redis.connect()
    return /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'of no known version'
  } catch (error) {
    const cause = fault ?? error
    throw new OperatorError(`Redis does not answer (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause,
    })
  } finally {
    redis.disconnect()
  }
}
