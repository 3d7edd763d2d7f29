import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { serveAccounts } from './api/accounts.ts'
import { serveChanges } from './api/changes.ts'
import { serveGroup } from './api/group.ts'
import { serveGroups } from './api/groups.ts'
import { serveHeld } from './api/held.ts'
import { serveOverview } from './api/overview.ts'
import { serveReports } from './api/reports.ts'
import { serveResync } from './api/resync.ts'
import { serveRuns } from './api/runs.ts'
import { serveHealth } from './health.ts'
import { serveHooks } from './hooks.ts'
import { serveMetrics } from './metrics.ts'
import { describeApi } from './openapi.ts'
import { servePages } from './pages.ts'
import { answerErrors } from './problem.ts'
import { serveQueues } from './queues.ts'
import { guard } from './security.ts'
import type { HttpDeps, HttpSettings } from './types.ts'

const BODY_BYTES = 64 * 1024
/** Ids of groups and accounts stand in addresses, percent-encoded. */
const LONGEST_PARAMETER = 2000

/** The page, the API, health and metrics on one port. Serves from the moment it returns until it is disposed of. */
export async function createHttp(
  deps: HttpDeps,
  { host, port, token }: HttpSettings,
): Promise<AsyncDisposable & { readonly url: string }> {
  const loggerInstance: FastifyBaseLogger = deps.log
  const app: FastifyInstance = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    forceCloseConnections: true,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.removeContentTypeParser('text/plain')
  answerErrors(app)
  await describeApi(app, deps.version)
  await guard(app, { token, now: () => Date.now() })
  serveHealth(app, deps)
  const heard = await serveHooks(app, deps)
  serveMetrics(app, deps, heard)
  const api = app.withTypeProvider<ZodTypeProvider>()
  serveOverview(api, deps)
  serveGroups(api, deps)
  serveGroup(api, deps)
  serveAccounts(api, deps)
  serveChanges(api, deps)
  serveRuns(api, deps)
  serveHeld(api, deps)
  serveReports(api, deps)
  serveResync(api, deps)
  await serveQueues(app, deps)
  await servePages(app, deps.webRoot)
  const url = await app.listen({ host, port })
  return { url, [Symbol.asyncDispose]: () => app.close() }
}
