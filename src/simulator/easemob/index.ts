import { createHash } from 'node:crypto'
import { realClock } from '../clock.ts'
import type { Dialect, Reply, Services, SimRequest } from '../dialect.ts'
import type { Answer } from './call.ts'
import { type EasemobApp, type EasemobQuirks, easemobDefaults } from './quirks.ts'
import { failure, isErrorName, Refusal } from './refusal.ts'
import { type Route, routeOf } from './routes.ts'
import { createTokens } from './tokens.ts'

export { type EasemobApp, type EasemobQuirks, expireTokens } from './quirks.ts'

const OURS = new Set(['token', 'users', 'chatgroups', 'metadata'])

/** Easemob's REST API, as its documents describe it. */
export function createEasemob(apps: readonly EasemobApp[]): Dialect {
  const tokens = createTokens()
  const appOf = (route: Route | null) => apps.find((app) => app.orgName === route?.org && app.appName === route.appName)

  function answered(
    request: SimRequest,
    route: Route | null,
    app: EasemobApp | undefined,
    quirks: EasemobQuirks,
    services: Services,
  ): Reply {
    const now = services.now()
    if (!route) throw new Refusal('illegal_argument', 'the path is not properly escaped')
    if (!app)
      throw new Refusal(
        'organization_application_not_found',
        `Could not find application for ${route.org}/${route.appName} from URI: ${request.path.slice(1)}`,
      )
    const { endpoint, subject } = route
    if (endpoint?.run !== null) tokens.check(request, app, now)
    if (!endpoint) throw new Refusal('service_resource_not_found')
    if (request.method !== (endpoint.run ? 'GET' : 'POST')) throw new Refusal('wrong_method')
    if (!services.take(app, endpoint.name, endpoint.perSecond, quirks.refusedCounts)) {
      const refusal = new Refusal(quirks.limitStatus === 429 ? 'reach_limit' : 'limit503')
      return failure(refusal, now, quirks.errorBody, 'refused')
    }
    if (!endpoint.run) {
      const body = JSON.stringify({ ...tokens.issue(request, app, quirks, now), application: applicationId(app) })
      return { status: 200, body, answer: '200' }
    }
    const answer = endpoint.run({ app, quirks, query: request.query, services, ...subject })
    return { status: 200, body: JSON.stringify(envelope(request, app, quirks, now, answer)), answer: '200' }
  }

  return {
    vendor: 'easemob',
    matches(path) {
      const route = routeOf(path)
      return OURS.has(path.split('/')[3] ?? '') || appOf(route) !== undefined
    },
    identify(request) {
      const route = routeOf(request.path)
      return {
        app: appOf(route) ?? null,
        endpoint: route?.endpoint?.name ?? 'unknown',
        groupIds: [...(route?.subject.groupIds ?? [])],
        account: route?.subject.account || null,
        body: parsed(request.rawBody),
      }
    },
    answer(request, _target, services) {
      const route = routeOf(request.path)
      const app = appOf(route)
      const quirks = { ...easemobDefaults, ...app?.quirks }
      try {
        return answered(request, route, app, quirks, services)
      } catch (error) {
        if (error instanceof Refusal) return failure(error, services.now(), quirks.errorBody)
        throw error
      }
    },
    fault: (name) => (isErrorName(name) ? failure(new Refusal(name), realClock.now(), 'json') : null),
  }
}

/** E3: the same around every answer, the parameters as lists of text. */
function envelope(request: SimRequest, app: EasemobApp, quirks: EasemobQuirks, now: number, answer: Answer) {
  const { entities = [], ...fields } = answer
  return {
    action: 'get',
    application: applicationId(app),
    applicationName: app.appName,
    organization: app.orgName,
    params: Object.fromEntries(Object.entries(request.query).map(([name, value]) => [name, [value]])),
    path: `/${request.path.split('/').slice(3).join('/')}`,
    uri: `http://${request.headers.host ?? 'localhost'}${request.path}`,
    entities,
    ...fields,
    timestamp: now,
    duration: 1,
    properties: {},
    ...(quirks.unknownFields && { xRequestId: 'a-field-of-tomorrow' }),
  }
}

/** A UUID that stays the same for the same app. */
const applicationId = ({ orgName, appName }: EasemobApp): string =>
  createHash('sha1')
    .update(`${orgName}#${appName}`)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

function parsed(rawBody: string): unknown {
  try {
    return JSON.parse(rawBody)
  } catch {
    return rawBody
  }
}
