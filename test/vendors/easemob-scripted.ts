import { createEasemob } from '../../src/vendors/easemob/easemob.ts'
import type { HttpAnswer, Send, Vendor } from '../../src/vendors/types.ts'

export const NOW = Date.UTC(2026, 0, 1)
export const CONFIG = {
  baseUrl: 'https://a1.easemob.com',
  orgName: 'acme',
  appName: 'im',
  clientId: 'fixture-client-id',
  clientSecret: 'fixture-client-secret-0123456789',
}

type Scripted = Partial<HttpAnswer> | Record<string, unknown>

/** An adapter whose calls, the token apart, are answered in turn and never repeated: the answers that no simulator gives. */
export function scripted(answers: readonly Scripted[]): { vendor: Vendor; paths: string[]; signal: AbortSignal } {
  const paths: string[] = []
  const left: Scripted[] = [...answers]
  const token: Scripted = { access_token: 'YWMt-fixture', expires_in: 5184000 }
  const send: Send = async (call) => {
    const { url } = await call.request()
    const isToken = call.endpoint === 'token'
    if (!isToken) paths.push(url.replace('https://a1.easemob.com/acme/im', ''))
    const answer = isToken ? token : left.shift()
    if (answer === undefined) throw new Error(`no answer left for ${url}`)
    const http = 'text' in answer || 'status' in answer ? answer : { text: JSON.stringify(answer) }
    return call.parse({ status: 200, headers: {}, text: '', ...http })
  }
  const vendor = createEasemob(CONFIG, { send, clock: { now: () => NOW } })
  return { vendor, paths, signal: new AbortController().signal }
}

export const refused = (status: number, error: string, text = '') => ({
  status,
  text: JSON.stringify({ error, error_description: text, timestamp: NOW, duration: 0 }),
})
