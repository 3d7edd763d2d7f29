import { z } from 'zod'

/** The words that requests and answers are made of. */
export const time = z.iso.datetime().describe('ISO 8601, UTC, milliseconds')
export const id = z.string().min(1).max(500)
export const sourceName = z.string().regex(/^[a-z0-9-]{1,40}$/, 'is no name of a source')
export const cursor = z.string().max(2000).optional().describe('`next` of the page before')
export const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual)
export const next = z.string().nullable().describe('the cursor of the next page; null at the end')
export const search = z.string().trim().max(200).optional()

const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?$/
/** A moment in a request: ISO with a zone, or a date (its beginning in UTC). */
export const moment = z
  .string()
  .regex(MOMENT, 'is no moment such as 2026-03-01 or 2026-03-01T10:00:00Z')
  .refine(
    (text) => Number.isFinite(Date.parse(text)) && Date.parse(text) > -62e12 && Date.parse(text) < 253e12,
    'is no moment',
  )
export const at = (text: string): number => Date.parse(text)

export const zone = z.string().max(60).refine(isZone, 'is no IANA time zone').default('UTC')

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** One or many: `?kind=joined&kind=left`, or `?kind=joined,left`. */
export const list = <T extends string>(words: readonly [T, ...T[]]) =>
  z
    .preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(z.enum(words)).max(20))
    .optional()

export const roles = ['owner', 'admin', 'member'] as const
export const coverages = ['full', 'partial', 'none'] as const
export const outcomes = ['complete', 'partial', 'gone', 'forbidden', 'unlistable', 'failed', 'unwalked'] as const
export const kinds = [
  'joined',
  'left',
  'role',
  'name_card',
  'muted',
  'attributes',
  'created',
  'renamed',
  'owner',
  'updated',
  'dissolved',
  'reappeared',
] as const

export const step = z.object({
  at: time,
  joined: z.int(),
  backlog: z.int().describe('found by a first read: nobody saw these joins happen'),
  left: z.int(),
  members: z.int().describe('at the end of the step'),
})

export const change = z.object({
  id: z.string(),
  about: z.enum(['member', 'group']),
  source: z.string(),
  groupId: z.string(),
  groupName: z.string().nullable(),
  accountId: z.string().nullable(),
  kind: z.enum(kinds),
  at: time,
  notBefore: time.nullable(),
  notAfter: time.nullable(),
  old: z.record(z.string(), z.unknown()).nullable(),
  new: z.record(z.string(), z.unknown()).nullable(),
  runId: z.int(),
})

export const run = z.object({
  id: z.int(),
  source: z.string(),
  trigger: z.enum(['schedule', 'manual', 'webhook']),
  startedAt: time,
  finishedAt: time.nullable(),
  verdict: z.enum(['complete', 'partial', 'failed']).nullable().describe('null while it runs'),
  reason: z.string().nullable(),
  groups: z.object({
    seen: z.int(),
    complete: z.int(),
    partial: z.int(),
    gone: z.int(),
    failed: z.int(),
    unchanged: z.int(),
    unwalked: z.int(),
  }),
  members: z.object({ read: z.int(), joined: z.int(), left: z.int(), changed: z.int(), held: z.int() }),
  calls: z.record(z.string(), z.int()),
  rateLimited: z.int(),
  durationMs: z.int().nullable(),
  live: z
    .object({ groups: z.int(), done: z.int(), members: z.int() })
    .nullable()
    .describe('how far a run is that workers share'),
})

export const resyncState = z.object({
  id: z.string(),
  source: z.string(),
  groups: z.array(z.string()),
  accounts: z.array(z.string()),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  runId: z.int().nullable(),
  groupsDone: z.int(),
  groupsKnown: z.int(),
  members: z.int(),
  calls: z.int(),
  note: z.string().nullable(),
})
