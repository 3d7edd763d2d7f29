import type { Dialect, Reply, Services, SimRequest } from '../dialect.ts'
import { toJson } from '../json.ts'
import { createAuth } from './auth.ts'
import { candidates } from './call.ts'
import { type YunxinApp, type YunxinQuirks, yunxinDefaults } from './quirks.ts'
import { errorText, isCode, Refusal } from './refusal.ts'
import { PER_SECOND, type Route, routeOf } from './routes.ts'

export type { YunxinApp, YunxinQuirks } from './quirks.ts'

/** NetEase Yunxin, REST v2.1, as its documents describe it. */
export function createYunxin(apps: readonly YunxinApp[]): Dialect {
  const authorize = createAuth()
  const appOf = (request: SimRequest) => apps.find((app) => app.appKey === request.headers['appkey'])

  function answered(request: SimRequest, app: YunxinApp | undefined, quirks: YunxinQuirks, services: Services): Reply {
    if (request.headers['appkey'] === undefined) throw new Refusal(414)
    if (!app) throw new Refusal(quirks.unknownAppKeyCode)
    authorize(request, app, quirks, services.now())
    const route = routeOf(request.path)
    if (!route || request.method !== 'GET') throw new Refusal(404)
    const { endpoint, subject } = route
    if (!services.take(app, endpoint.name, PER_SECOND, quirks.refusedCounts)) return failure(416, quirks, 'refused')
    const data = endpoint.run({ app, quirks, query: request.query, services, subject })
    return reply(200, 'success', data, quirks)
  }

  return {
    vendor: 'yunxin',
    matches: (path) => path.startsWith('/im/v2'),
    identify(request) {
      const app = appOf(request)
      const route = routeOf(request.path)
      return {
        app: app ?? null,
        endpoint: route?.endpoint.name ?? 'unknown',
        groupIds: groupIds(app, route, request.query),
        account: route?.endpoint.about === 'account' ? route.subject : null,
        body: request.rawBody,
      }
    },
    answer(request, _target, services) {
      const app = appOf(request)
      const quirks = { ...yunxinDefaults, ...(app ?? apps[0])?.quirks }
      try {
        return answered(request, app, quirks, services)
      } catch (error) {
        if (error instanceof Refusal) return failure(error.code, quirks)
        throw error
      }
    },
    fault: (name) => (isCode(name) ? failure(Number(name), yunxinDefaults) : null),
  }
}

/** HTTP 200 whatever happens: the SDK takes any other status for a broken connection. */
function reply(code: number, msg: string, data: object, quirks: YunxinQuirks, answer = String(code)): Reply {
  const extra = quirks.unknownFields ? { x_request_id: 'a-field-of-tomorrow' } : {}
  const body = toJson({ code: quirks.codeAs === 'int' ? code : String(code), msg, data, ...extra })
  return { status: 200, body, answer }
}

const failure = (code: number, quirks: YunxinQuirks, answer?: string): Reply =>
  reply(code, errorText(code), {}, quirks, answer)

/** The world's ids where it knows the team, so that faults and hooks mean the same group. */
function groupIds(app: YunxinApp | undefined, route: Route | null, query: Record<string, string>): string[] {
  const about = route?.endpoint.about
  if (!route || about === 'account') return []
  const ids = about === 'batch' ? (query['team_ids']?.match(/\d+/g) ?? []) : [route.subject]
  if (!app || query['team_type'] !== '2') return ids
  return ids.map((id) => candidates(app, id).find(({ groupId }) => groupId.startsWith('super/'))?.groupId ?? id)
}
