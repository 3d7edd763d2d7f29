import { Queue } from 'bullmq'
import type { FastifyPluginCallback } from 'fastify'
import type { BullQueue } from './backend.ts'

/** Bull Board as a plugin of fastify, loaded when it is wanted. Read-only it can neither stop, retry nor remove anything. */
export async function createBoard(
  queues: readonly BullQueue[],
  options: { readonly prefix: string; readonly writable: boolean },
): Promise<FastifyPluginCallback> {
  const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/fastify'),
  ])
  const serverAdapter = new FastifyAdapter()
  serverAdapter.setBasePath(options.prefix)
  const readOnlyMode = !options.writable
  const adapters = queues.map((queue) => {
    if (!(queue instanceof Queue)) throw new Error('Bull Board shows queues of BullMQ alone')
    return new BullMQAdapter(queue, { readOnlyMode, allowRetries: options.writable })
  })
  createBullBoard({ queues: adapters, serverAdapter, options: { uiConfig: { boardTitle: 'Rollcall queues' } } })
  // Whoever serves the board answers its errors: a handler that throws hands them on.
  serverAdapter.setErrorHandler((error) => {
    throw error
  })
  return serverAdapter.registerPlugin()
}
