import { createHash } from 'node:crypto'
import type { SourceConfig } from '../../config.ts'
import type { Context } from '../../context.ts'
import type { Hook } from '../../http/types.ts'
import type { Service } from '../../queue/service.ts'
import { createIntake } from '../../sync/shared/hints.ts'
import { namedBy } from './context.ts'
import { createWebhook, type WebhookConfig } from '../../vendors/index.ts'

/** Repeats that are remembered; a repeat that comes later costs one read more. */
const REMEMBERED = 20_000

/** The webhooks of the sources that have them on, and what gathers their hints. */
export async function openHooks(
  context: Context,
  service: Service,
  sources: readonly SourceConfig[],
): Promise<AsyncDisposable & { readonly hooks: ReadonlyMap<string, Hook> }> {
  const { pool, runs, log } = context
  const on = sources.filter((source) => source.webhook !== null)
  const hinted = await Promise.all(
    on.map(async (source) => ({
      ...namedBy(source, context),
      sourceNo: await runs.source(source.name, source.vendor),
      windowMs: source.webhook?.windowMs ?? 0,
    })),
  )
  const intake = createIntake({ pool, log }, hinted, (ask) =>
    service.enqueue('start-sync', [{ ask, hinted: true }], { urgent: true }),
  )
  const hooks = on.map((source): [string, Hook] => {
    const reader = createWebhook(readerConfig(source))
    const repeats = createRepeats()
    return [
      source.name,
      {
        answer: reader.answer,
        async hear(request) {
          const heardAt = Date.now()
          const word = reader.read({ ...request, at: heardAt })
          if (word.kind === 'refused') return word.why
          if (word.hint === null) return word.known ? 'ignored' : 'unknown'
          const key = createHash('sha256').update(word.repeatKey).digest('base64')
          if (repeats.has(key)) return 'repeated'
          // Nothing is told before it happens: a vendor's clock that runs ahead bounds nothing too tightly.
          const moves = word.hint.moves.map((move) => ({ ...move, at: Math.min(move.at, heardAt) }))
          await intake.take(source.name, { ...word.hint, moves })
          repeats.add(key) // only what was kept: a delivery that failed is told again
          return 'hint'
        },
      },
    ]
  })
  return { hooks: new Map(hooks), [Symbol.asyncDispose]: () => intake[Symbol.asyncDispose]() }
}

/** The last keys, the oldest forgotten first. */
function createRepeats() {
  const keys = new Set<string>()
  return {
    has: (key: string) => keys.has(key),
    add(key: string) {
      keys.add(key)
      if (keys.size <= REMEMBERED) return
      const [oldest = ''] = keys
      keys.delete(oldest)
    },
  }
}

function readerConfig(source: SourceConfig): WebhookConfig {
  const off = () => new Error(`the webhooks of ${source.name} are off`)
  switch (source.vendor) {
    case 'tencent': {
      if (source.webhook === null) throw off()
      return { vendor: 'tencent', sdkAppId: source.sdkAppId, ...source.webhook }
    }
    case 'easemob': {
      if (source.webhook === null) throw off()
      return { vendor: 'easemob', orgName: source.orgName, appName: source.appName, ...source.webhook }
    }
    case 'yunxin': {
      if (source.webhook === null) throw off()
      return { vendor: 'yunxin', appKey: source.appKey, appSecret: source.appSecret, ...source.webhook }
    }
  }
}
