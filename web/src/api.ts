import { useEffect, useRef, useState } from 'preact/hooks'

/** What the server said instead of an answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  constructor(status: number, detail: string) {
    super(detail)
    this.status = status
  }
}

let onSignedOut: () => void = () => {}
/** Who is told when the server wants the token. */
export const whenSignedOut = (tell: () => void): void => {
  onSignedOut = tell
}

async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (init.signal?.aborted === true) throw error
    throw new ApiError(0, 'Rollcall does not answer. Is it still running?')
  }
  if (response.ok) return response
  const problem: unknown = await response.json().catch(() => null)
  const detail =
    problem !== null && typeof problem === 'object' && 'detail' in problem
      ? String(problem.detail)
      : response.statusText
  if (response.status === 401 && !url.startsWith('/api/session')) onSignedOut()
  throw new ApiError(response.status, detail)
}

/** One answer. Its shape is the server's own schema, which has checked it. */
export async function get<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(url, signal === undefined ? {} : { signal })
  return (await response.json()) as T
}

export async function post<T>(url: string, body: object): Promise<T | null> {
  const response = await ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return response.status === 204 ? null : ((await response.json()) as T)
}

export interface Loaded<T> {
  readonly data: T | null
  readonly error: ApiError | null
  /** The data shown belong to an address asked before. */
  readonly stale: boolean
  readonly reload: () => void
}

const KEPT = 60
const cache = new Map<string, unknown>()

/** Asks an address (null: nothing yet) and again when it changes; until then the last answer stays. */
export function useData<T>(url: string | null, { everyMs = 0 } = {}): Loaded<T> {
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState<{ url: string | null; data: T | null; error: ApiError | null }>(() => ({
    url,
    data: url === null ? null : ((cache.get(url) as T | undefined) ?? null),
    error: null,
  }))
  useEffect(() => {
    if (url === null) return
    const gone = new AbortController()
    const known = cache.get(url) as T | undefined
    if (known !== undefined) setState({ url, data: known, error: null })
    get<T>(url, gone.signal).then(
      (data) => {
        cache.delete(url)
        cache.set(url, data)
        for (const old of [...cache.keys()].slice(0, -KEPT)) cache.delete(old)
        setState({ url, data, error: null })
      },
      (error: unknown) => {
        if (gone.signal.aborted) return
        const told = error instanceof ApiError ? error : new ApiError(0, 'The answer could not be read.')
        setState((before) => ({ url, data: before.url === url ? before.data : null, error: told }))
      },
    )
    return () => gone.abort()
  }, [url, turn])
  useEffect(() => {
    if (everyMs === 0) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setTurn((n) => n + 1)
    }, everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return { data: state.data, error: state.error, stale: state.url !== url, reload: () => setTurn((n) => n + 1) }
}

/** A list that comes in pages: what is there so far, and how to get more of it. */
export function usePages<P extends { readonly next: string | null }>(url: string, { everyMs = 0 } = {}) {
  const first = useData<P>(url, { everyMs })
  const [more, setMore] = useState<{ url: string; pages: readonly P[] }>({ url, pages: [] })
  const [busy, setBusy] = useState(false)
  const current = useRef(url)
  current.current = url
  const pages = first.data === null ? [] : [first.data, ...(more.url === url ? more.pages : [])]
  const next = pages.at(-1)?.next ?? null
  const load = (): void => {
    if (next === null || busy) return
    setBusy(true)
    get<P>(`${url}${url.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(next)}`)
      .then((page) => {
        if (current.current === url)
          setMore((before) => ({ url, pages: before.url === url ? [...before.pages, page] : [page] }))
      })
      .catch(() => null) // the button stays; it can be pressed again
      .finally(() => setBusy(false))
  }
  return { ...first, pages, more: next !== null, busy, load }
}

/** Server-sent events of an address, as long as the component lives; null: none. */
export function useEvents<T>(url: string | null, tell: (seen: T) => void): void {
  const latest = useRef(tell)
  latest.current = tell
  useEffect(() => {
    if (url === null) return
    const events = new EventSource(url)
    events.onmessage = ({ data }) => latest.current(JSON.parse(String(data)) as T)
    return () => events.close()
  }, [url])
}
