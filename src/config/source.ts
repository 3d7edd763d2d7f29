import { z } from 'zod'
import { ENDPOINTS, TENCENT_REGIONS } from '../core/endpoints.ts'
import type { VendorKind } from '../core/endpoints.ts'
import * as is from './values.ts'

/** The shapes of a source, as the sources file writes them; the one place that says which keys there are. */
const name = is.text('must be 1 to 40 of a-z, 0-9 and -').regex(/^[a-z0-9-]{1,40}$/, {
  error: 'must be 1 to 40 of a-z, 0-9 and -; it is the key of everything in the database',
})
const overlap = z.enum(['skip', 'queue'], {
  error: 'must be skip or queue: what a tick does while the run before it is still going',
})
const expand = z.enum(['members', 'none'], { error: 'must be members or none' })

const discover = z.strictObject(
  {
    accounts: is.list('must be a list of account names such as [leckie, peter]').default([]),
    accountsFile: is.text('must be the path of a text file with one account a line').optional(),
    allGroups: is.yesNo.default(false),
    groups: is.list('must be a list of group ids such as ["@TGS#2J4SZEAEL"]').default([]),
    expand: expand.default('none'),
  },
  { error: 'must say where group ids come from, for example { accounts: [leckie] } or { allGroups: true }' },
)

const common = {
  name,
  discover,
  rateShare: is.number('must be a number above 0 and up to 1', (share) => share > 0 && share <= 1).default(0.5),
  timeoutMs: is.whole('must be a whole number of milliseconds from 100 to 600000', 100, 600_000).default(15_000),
  schedule: is.schedule.optional(),
  timezone: is.timezone.default('UTC'),
  overlap: overlap.default('skip'),
  sync: z
    .strictObject(
      { fullEvery: is.span('must be a time from 60s on, such as 24h', 60_000).optional() },
      { error: 'must be { fullEvery: 24h }' },
    )
    .optional(),
  freshness: z
    .strictObject(
      { target: is.span('must be a time from 60s on, such as 15m or 2h', 60_000) },
      { error: 'must be { target: 15m }' },
    )
    .optional(),
  pseudonymize: is.yesNo.default(false),
  retain: z
    .strictObject(
      {
        history: is.period('must be a time from 30d on, such as 24mo, 2y or 400d', 30).optional(),
        reads: is.period('must be a time from 7d on, such as 90d or 6mo', 7).optional(),
      },
      { error: 'must be { history: 24mo, reads: 90d }, or one of the two' },
    )
    .optional(),
  leaveGuard: is.guard(50, 30),
  dissolveGuard: is.guard(20, 20),
}

/** How long hints are gathered before their groups are read, and how far the time of a request may be off. */
const webhook = (maxAgeMs: number) => ({
  window: is.span('must be a time from 1s on, such as 1s or 10s', 1_000).default(1_000),
  maxAge: is.span('must be a time from 1s on, such as 60s', 1_000).default(maxAgeMs),
})

const regions = Object.keys(TENCENT_REGIONS) as (keyof typeof TENCENT_REGIONS)[]

/** Newer documents say Work and Meeting where the normal form says Private and ChatRoom. */
const TENCENT_TYPES = {
  Private: 'Private',
  Work: 'Private',
  Public: 'Public',
  ChatRoom: 'ChatRoom',
  Meeting: 'ChatRoom',
  AVChatRoom: 'AVChatRoom',
  BChatRoom: 'BChatRoom',
  Community: 'Community',
} as const
const typeDemand = 'must be a list of Private, Public, ChatRoom, Community, AVChatRoom, BChatRoom'
const fieldsDemand = 'must be a list of field names'

export const SCHEMAS = {
  tencent: z.strictObject({
    ...common,
    vendor: z.literal('tencent'),
    baseUrl: is.webAddress('https://console.tim.qq.com').optional(),
    region: z.enum(regions, { error: `must be one of ${regions.join(', ')}` }).optional(),
    sdkAppId: is.whole('must be the SDKAppID of the app, a whole number such as 1400000001', 1, 4_294_967_295),
    identifier: is.text('must be an administrator account of the app, such as administrator'),
    secretKey: is.credential("the app's SecretKey from the console"),
    groupTypes: z
      .array(
        z
          .enum(Object.keys(TENCENT_TYPES) as (keyof typeof TENCENT_TYPES)[], { error: typeDemand })
          .transform((type) => TENCENT_TYPES[type]),
        { error: typeDemand },
      )
      .min(1, { error: `${typeDemand}; leave the key out for all of them` })
      .optional(),
    customFields: z
      .strictObject(
        { group: is.list(fieldsDemand).optional(), member: is.list(fieldsDemand).optional() },
        { error: 'must be lists of field names such as { group: [tier], member: [badge] }' },
      )
      .optional(),
    webhook: z
      .strictObject(
        { ...webhook(60_000), token: is.credential("the callback's authentication token from the console") },
        { error: 'must be { token: ${NAME} }' },
      )
      .optional(),
    limits: is.limits(Object.keys(ENDPOINTS.tencent)),
  }),
  easemob: z.strictObject({
    ...common,
    vendor: z.literal('easemob'),
    baseUrl: is.webAddress('https://a1.easemob.com'),
    orgName: is.text('must be the org name of the app: the part of the AppKey before the #'),
    appName: is.text('must be the name of the app: the part of the AppKey behind the #'),
    clientId: is.credential("the app's client id from the console"),
    clientSecret: is.credential("the app's client secret from the console"),
    webhook: z
      .strictObject(
        { ...webhook(300_000), secret: is.credential("the callback rule's secret from the console") },
        { error: 'must be { secret: ${NAME} }' },
      )
      .optional(),
    limits: is.limits(Object.keys(ENDPOINTS.easemob)),
  }),
  yunxin: z.strictObject({
    ...common,
    vendor: z.literal('yunxin'),
    baseUrl: is.webAddress('https://open.yunxinapi.com'),
    appKey: is.credential("the app's AppKey from the console"),
    appSecret: is.credential("the app's AppSecret from the console"),
    teamTypes: z
      .array(is.whole('must be 1 (advanced) or 2 (super)', 1, 2), { error: 'must be a list such as [1, 2]' })
      .min(1, { error: 'must be a list such as [1, 2]; leave the key out for both' })
      .optional(),
    webhook: z
      .strictObject(webhook(300_000), { error: 'must be {}: the AppSecret signs the message copies' })
      .optional(),
    limits: is.limits(Object.keys(ENDPOINTS.yunxin)),
  }),
} as const satisfies Record<VendorKind, z.ZodObject>

/** For a source whose vendor is missing or unknown: its other keys are still checked. */
export const ANY_VENDOR = z.looseObject(common)

/** The keys whose value no message may show. */
export const CREDENTIALS: ReadonlySet<string> = new Set([
  'secretKey',
  'clientId',
  'clientSecret',
  'appKey',
  'appSecret',
  'token',
  'secret',
])

export type WrittenSource = { [K in VendorKind]: z.output<(typeof SCHEMAS)[K]> }[VendorKind]
