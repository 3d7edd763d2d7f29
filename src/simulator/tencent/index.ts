import type { Dialect, Reply, Services, SimRequest, Target } from '../dialect.ts'
import { createAuth } from './auth.ts'
import { isObject } from './body.ts'
import type { Answer, Call, Cursors } from './call.ts'
import { groupInfo } from './details.ts'
import { appGroups, joinedGroups } from './lists.ts'
import { memberInfo, mutedAccounts, roleInGroup } from './members.ts'
import { type TencentApp, type TencentQuirks, tencentDefaults } from './quirks.ts'
import { failure, Refusal } from './refusal.ts'

export type { LimitCode, TencentApp, TencentQuirks } from './quirks.ts'

interface Command {
  endpoint: string
  /** Calls a second, as documented (T3). */
  perSecond: number
  run(call: Call): Answer
}

const PREFIX = '/v4/group_open_http_svc/'
const commands: Record<string, Command> = {
  get_appid_group_list: { endpoint: 'getAppidGroupList', perSecond: 1, run: appGroups },
  get_joined_group_list: { endpoint: 'getJoinedGroupList', perSecond: 200, run: joinedGroups },
  get_group_info: { endpoint: 'getGroupInfo', perSecond: 100, run: groupInfo },
  get_group_member_info: { endpoint: 'getGroupMemberInfo', perSecond: 200, run: memberInfo },
  get_role_in_group: { endpoint: 'getRoleInGroup', perSecond: 200, run: roleInGroup },
  get_group_muted_account: { endpoint: 'getGroupMutedAccount', perSecond: 200, run: mutedAccounts },
  get_group_shutted_uin: { endpoint: 'getGroupMutedAccount', perSecond: 200, run: mutedAccounts },
}

/** Tencent Cloud IM, REST v4, as its documents describe it. */
export function createTencent(apps: readonly TencentApp[]): Dialect {
  const authorize = createAuth()
  const cursors = new Map<TencentApp, Cursors>()
  const cursorsOf = (app: TencentApp): Cursors => {
    const known = cursors.get(app)
    if (known) return known
    const none = { byToken: new Map<string, number>(), byPosition: new Map<string, string>() }
    cursors.set(app, none)
    return none
  }
  const appOf = (request: SimRequest) => apps.find((app) => String(app.sdkAppId) === request.query['sdkappid'])

  function answered(request: SimRequest, target: Target, services: Services): Reply {
    if (request.query['sdkappid'] === undefined) throw new Refusal(60012)
    const app = appOf(request)
    if (!app) throw new Refusal(60006)
    if (request.method !== 'POST') throw new Refusal(60002)
    const quirks: TencentQuirks = { ...tencentDefaults, ...app.quirks }
    authorize(request, app, quirks, services.now())
    const command = commandOf(request.path)
    if (!command) throw new Refusal(request.path.startsWith(PREFIX) ? 10003 : 60009)
    if (!services.take(app, command.endpoint, command.perSecond, quirks.refusedCounts)) {
      const code =
        typeof quirks.limitCode === 'number' ? quirks.limitCode : (quirks.limitCode[command.endpoint] ?? 60007)
      return failure(code, 'request frequency limit exceeded', 'refused')
    }
    const { body } = target
    if (typeof body === 'string') throw new Refusal(60003)
    if (!isObject(body)) throw new Refusal(10004)
    const answer = command.run({ app, quirks, body, rawBody: request.rawBody, services, cursors: cursorsOf(app) })
    const text = success(answer, quirks)
    if (Buffer.byteLength(text) > quirks.answerLimitBytes) throw new Refusal(10018)
    return { status: 200, body: text, answer: '0' }
  }

  return {
    vendor: 'tencent',
    matches: (path) => path.startsWith('/v4/'),
    identify(request) {
      const body = parsed(request.rawBody)
      const fields = isObject(body) ? body : {}
      const account = fields['Member_Account']
      return {
        app: appOf(request) ?? null,
        endpoint: commandOf(request.path)?.endpoint ?? 'unknown',
        groupIds: [fields['GroupId'], fields['GroupIdList']].flat().filter((id) => typeof id === 'string'),
        account: typeof account === 'string' ? account : null,
        body,
      }
    },
    answer(request, target, services) {
      try {
        return answered(request, target, services)
      } catch (error) {
        if (error instanceof Refusal) return failure(error.code, error.message)
        throw error
      }
    },
    fault: (name) => (/^[1-9]\d{4}$/.test(name) ? failure(Number(name)) : null),
  }
}

const commandOf = (path: string): Command | undefined =>
  path.startsWith(PREFIX) ? commands[path.slice(PREFIX.length)] : undefined

/** The body's value, or its text when it is no JSON. */
function parsed(rawBody: string): unknown {
  try {
    const value: unknown = JSON.parse(rawBody)
    return typeof value === 'string' ? [value] : value
  } catch {
    return rawBody
  }
}

function success(answer: Answer, quirks: TencentQuirks): string {
  const head = `{"ActionStatus":"OK","ErrorInfo":${JSON.stringify(quirks.errorInfo)},"ErrorCode":0`
  const extra = quirks.unknownFields ? ',"XRequestId":"a-field-of-tomorrow"' : ''
  const fields = 'rawFields' in answer ? answer['rawFields'] : JSON.stringify(answer).slice(1, -1)
  return `${head}${extra},${String(fields)}}`
}
