import { useEffect, useState } from 'preact/hooks'

export type Theme = 'light' | 'dark'
const KEY = 'rollcall-theme'
const system = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

function chosen(): Theme | null {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : null
  } catch {
    return null // storage may be forbidden
  }
}

export const themeNow = (): Theme => chosen() ?? (system.matches ? 'dark' : 'light')

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = themeNow()
  for (const listener of listeners) listener()
}

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // it holds for this page alone
  }
  document.documentElement.dataset['theme'] = theme
  for (const listener of listeners) listener()
}

system.addEventListener('change', applyTheme)

/** The theme; the component is drawn again when it changes. */
export function useTheme(): Theme {
  const read = (): Theme => (document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light')
  const [theme, set] = useState(read)
  useEffect(() => {
    const listener = (): void => set(read())
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [])
  return theme
}

/** A colour of the theme, for what draws on a canvas. */
export const color = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
