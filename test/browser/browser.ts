import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The built page. */
export const WEB = new URL('../../dist/web/', import.meta.url).pathname
/** Whether there is a browser and a built page to look at. */
export const CAN_LOOK = CHROMIUM !== undefined && existsSync(`${WEB}assets`)

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM ?? '', args: FLAGS, timeout: 60_000 })

/** What goes wrong in a page from now on: errors, dialogs, lines of the console. */
export function faultsOf(page: Page): string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('dialog', (dialog) => faults.push(`a dialog: ${dialog.message()}`))
  page.on('console', (message) => {
    // A 404 of the API is what the view of an unknown group shows.
    if (message.type() === 'error' && !message.text().includes('404')) faults.push(message.text())
  })
  return faults
}

/** Until a view stands there whole. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1, [role=alert], .empty').first().waitFor()
  await page.locator('.waiting, .stale').first().waitFor({ state: 'detached' })
}
