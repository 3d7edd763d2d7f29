import type { HttpAnswer, Vendor } from '../../src/vendors/types.ts'
import type { TencentConfig } from '../../src/vendors/tencent/config.ts'
import { createTencent } from '../../src/vendors/tencent/tencent.ts'

export interface Asked {
  endpoint: string
  url: URL
  body: Record<string, unknown>
  raw: string
}

export const NOW = Date.UTC(2026, 0, 1)
export const CONFIG: TencentConfig = {
  sdkAppId: 1400000001,
  identifier: 'administrator',
  secretKey: 'fixture-secret-key-0123456789abcdef',
  baseUrl: 'https://console.tim.qq.com',
}

/** An adapter whose calls are answered in turn, without a network: the answers that no simulator gives. */
export function scripted(
  answers: readonly (Partial<HttpAnswer> | Record<string, unknown>)[],
  config: Partial<TencentConfig> = {},
): { vendor: Vendor; asked: Asked[]; signal: AbortSignal } {
  const asked: Asked[] = []
  const left = [...answers]
  const vendor = createTencent(
    { ...CONFIG, ...config },
    {
      clock: { now: () => NOW },
      async send(call) {
        const { url, body = '' } = await call.request()
        asked.push({ endpoint: call.endpoint, url: new URL(url), body: JSON.parse(body), raw: body })
        const answer = left.shift()
        if (answer === undefined) throw new Error(`no answer left for ${call.endpoint}`)
        const http = 'text' in answer || 'status' in answer ? answer : { text: JSON.stringify(answer) }
        return call.parse({ status: 200, headers: {}, text: '', ...http })
      },
    },
  )
  return { vendor, asked, signal: new AbortController().signal }
}

export const ok = (fields: Record<string, unknown>) => ({
  ActionStatus: 'OK',
  ErrorInfo: '',
  ErrorCode: 0,
  ...fields,
})

export async function all<T>(pages: AsyncIterable<readonly T[]> | undefined): Promise<T[]> {
  const items: T[] = []
  for await (const page of pages ?? []) items.push(...page)
  return items
}
