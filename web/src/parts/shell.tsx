import type { ComponentChildren } from 'preact'
import { useData } from '../api.ts'
import { ZONE } from '../format.ts'
import type { HeldAnswer, SourcesAnswer } from '../types.ts'
import { Icon, type IconName } from './icon.tsx'
import { Search } from './search.tsx'
import { setTheme, useTheme } from './theme.ts'

const ROOMS: readonly { readonly path: string; readonly label: string; readonly icon: IconName }[] = [
  { path: '/', label: 'Overview', icon: 'overview' },
  { path: '/groups', label: 'Groups', icon: 'groups' },
  { path: '/changes', label: 'Changes', icon: 'changes' },
  { path: '/runs', label: 'Runs', icon: 'runs' },
  { path: '/held', label: 'Held leaves', icon: 'held' },
  { path: '/reports', label: 'Reports', icon: 'reports' },
]

/** What stands around every view. */
export function Shell({ path, children }: { path: string; children: ComponentChildren }) {
  const { data: held } = useData<HeldAnswer>('/api/held', { everyMs: 30_000 })
  const { data: sources } = useData<SourcesAnswer>('/api/sources')
  const waiting = held?.held.length ?? 0
  const here = (room: string): boolean => (room === '/' ? path === '/' : path === room || path.startsWith(`${room}/`))
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <aside class="side">
        <a class="brand" href="/" aria-label="Rollcall, overview">
          <Mark />
          <span>Rollcall</span>
        </a>
        <nav aria-label="Main">
          {ROOMS.map(({ path: room, label, icon }) => (
            <a key={room} href={room} aria-current={here(room) ? 'page' : undefined}>
              <Icon name={icon} />
              <span>{label}</span>
              {room === '/held' && waiting > 0 && <b class="count">{waiting}</b>}
            </a>
          ))}
        </nav>
        <p class="side-foot">
          Times in {ZONE}
          <br />
          {sources === null ? ' ' : `Version ${sources.version}`}
        </p>
      </aside>
      <header class="top">
        <a class="brand small" href="/" aria-label="Rollcall, overview">
          <Mark />
        </a>
        <Search />
        <ThemeSwitch />
      </header>
      <main id="main" tabIndex={-1}>
        {children}
        <p class="zone">Times in {ZONE}</p>
      </main>
    </div>
  )
}

const Mark = () => (
  <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    <rect class="mark-back" width="32" height="32" rx="9" />
    <path class="mark-lines" d="M9 10h14M9 16h9M9 22h5" />
    <path class="mark-check" d="m18.500 21.500 2.600 2.600 4.400-5.200" />
  </svg>
)

function ThemeSwitch() {
  const theme = useTheme()
  const other = theme === 'dark' ? 'light' : 'dark'
  return (
    <button
      type="button"
      class="ghost square"
      aria-label={`Switch to ${other} colours`}
      title={`Switch to ${other} colours`}
      onClick={() => setTheme(other)}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  )
}
