import { useEffect, useState } from 'preact/hooks'

export interface Place {
  readonly path: string
  readonly query: URLSearchParams
}

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) })
const listeners = new Set<() => void>()
const tell = (): void => {
  for (const listener of listeners) listener()
}

/** Goes to an address of this page. `replace`: the one before is forgotten, as while somebody types a filter. */
export function go(href: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', href)
  else history.pushState(null, '', href)
  tell()
  if (!replace) {
    scrollTo(0, 0)
    document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
  }
}

/** Where the page is; the component is drawn again when that changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here)
  useEffect(() => {
    const listener = (): void => setPlace(here())
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [])
  return place
}

/** Plain links do the rest: a click on one within the page does not load it anew. */
export function catchLinks(): void {
  addEventListener('popstate', tell)
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (link === null || !plain || event.defaultPrevented || link.target !== '' || link.hasAttribute('download')) return
    if (link.origin !== location.origin || /^\/(api|metrics|queues)(\/|$)/.test(link.pathname)) return
    if (link.hash !== '' && link.pathname === location.pathname && link.search === location.search) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}

/** An address with parameters; what is null, empty or absent is left out. */
export function href(path: string, query: Readonly<Record<string, string | number | null | undefined>> = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return text === '' ? path : `${path}?${text}`
}

export const groupHref = (
  source: string,
  groupId: string,
  query: Readonly<Record<string, string | null>> = {},
): string => href(`/groups/${source}/${encodeURIComponent(groupId)}`, query)
export const accountHref = (source: string, accountId: string): string =>
  `/accounts/${source}/${encodeURIComponent(accountId)}`

/** Filters that live in the address. */
export function useFilters(): [
  (name: string) => string | null,
  (change: Readonly<Record<string, string | null>>, options?: { readonly replace?: boolean }) => void,
] {
  const { path, query } = usePlace()
  const read = (name: string): string | null => query.get(name)
  const write = (change: Readonly<Record<string, string | null>>, { replace = true } = {}): void => {
    const all = new URLSearchParams(location.search)
    for (const [name, value] of Object.entries(change)) {
      if (value === null || value === '') all.delete(name)
      else all.set(name, value)
    }
    const text = all.toString()
    go(text === '' ? path : `${path}?${text}`, { replace })
  }
  return [read, write]
}
