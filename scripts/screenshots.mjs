// Pictures of every view, made from the demo: npm run screenshots (needs Chromium; the demo runs in a temporary folder).
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'docs/screenshots')
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

/** An address of a page that is up, or a demo's own. */
async function demo() {
  const [, , given] = process.argv
  if (given !== undefined) return { url: given, end: async () => {} }
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-pictures-'))
  const child = spawn(process.execPath, [join(root, 'dist/src/cli/main.js'), 'demo', '--port', '0'], { cwd: folder })
  const url = await new Promise((resolve, reject) => {
    child.stderr.on('data', (text) => {
      const found = /web page: (\S+)/.exec(String(text))
      if (found !== null) resolve(found[1])
    })
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}`)))
  })
  const end = async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGINT')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
  return { url, end }
}

const { url, end } = await demo()
const browser = await chromium.launch({ executablePath, args: flags })
try {
  mkdirSync(out, { recursive: true })
  const json = async (path) => (await fetch(url + path)).json()
  const { groups } = await json('/api/groups?limit=6')
  const one = `/groups/${groups[0].source}/${encodeURIComponent(groups[0].groupId)}`
  const { changes } = await json('/api/changes?kind=left&limit=50')
  const { runs } = await json('/api/runs?limit=1')
  const views = {
    overview: '/',
    groups: '/groups',
    group: one,
    account: `/accounts/${changes[0].source}/${encodeURIComponent(changes[0].accountId)}`,
    changes: '/changes',
    runs: '/runs',
    run: `/runs/${runs[0].id}`,
    held: '/held',
    reports: '/reports',
    report: '/reports/growth',
  }
  for (const [colorScheme, width, height] of [
    ['light', 1280, 860],
    ['dark', 1280, 860],
    ['light', 390, 844],
  ]) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height } })
    for (const [name, path] of Object.entries(views)) {
      if (width < 500 && !['overview', 'group', 'groups'].includes(name)) continue
      await page.goto(url + path)
      await page.locator('h1').first().waitFor()
      await page.waitForFunction(() => document.querySelector('.waiting') === null)
      await page.waitForTimeout(400)
      await page.screenshot({ path: join(out, `${name}-${width < 500 ? 'phone' : colorScheme}.png`) })
    }
    await page.close()
  }
} finally {
  await browser.close()
  await end()
}
