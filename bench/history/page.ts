// First paint of the page on a big history, in a real browser:
//   npx tsx bench/history/page.ts [share, default 0.1] [folder of the results, default bench/results]
// The history is the one of run.ts; the server that serves it has PostgreSQL's default settings.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { startPage } from '../../src/cli/services/page.ts'
import { createLog } from '../../src/log.ts'
import { startEmbedded } from '../../src/store/embedded.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createPool } from '../../src/store/pool.ts'
import { median } from '../stage.ts'
import { generate, scaleOf } from './generate.ts'

const TIMES = 7
const MEMBERS = 100_000
const LIMIT_MS = 1000
const share = Number(process.argv[2] ?? 0.1)
const results = process.argv[3] ?? 'bench/results'
const say = (text: string) => process.stderr.write(`${text}\n`)
const folder = mkdtempSync(join(tmpdir(), 'rollcall-page-'))

/** From the request to the first paint of something, and until every part of the view shows what it asked for. */
async function look(browser: Browser, url: string) {
  const context = await browser.newContext() // nothing cached
  try {
    const page = await context.newPage()
    const began = performance.now()
    await page.goto(url)
    await page.locator('h1').first().waitFor()
    while ((await page.locator('.waiting').count()) > 0) await page.waitForTimeout(5)
    const whole = performance.now() - began
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN)
    return { paint, whole }
  } finally {
    await context.close()
  }
}

try {
  {
    await using server = await startEmbedded({
      dataDir: folder,
      settings: { fsync: 'off', max_wal_size: '16GB', shared_buffers: '1GB', work_mem: '64MB', jit: 'off' },
    })
    const pool = createPool(server.url, { max: 2 })
    await migrate(pool)
    await generate(pool, scaleOf(share), say)
    await pool.end()
  }
  await using server = await startEmbedded({ dataDir: folder })
  const pool = createPool(server.url, { max: 8 })
  const http = { host: '127.0.0.1', port: 0, token: null }
  const log = createLog({ level: 'error' })
  const page = await startPage({ pool, log, sources: [], http, resync: null, held: null, queue: null })
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const { rows } = await pool.query<{ id: string; members: number }>(
      `SELECT group_id AS id, member_count AS members FROM rollcall.current_groups ORDER BY abs(member_count - ${MEMBERS}) LIMIT 1`,
    )
    const [group] = rows
    const views = { overview: '/', [`a group of ${group?.members ?? 0} members`]: `/groups/acme/${group?.id ?? ''}` }
    const measured = []
    for (const [view, path] of Object.entries(views)) {
      const looks = []
      for (let time = 0; time <= TIMES; time++) looks.push(await look(browser, page.url + path))
      const warm = looks.slice(1)
      const firstPaintMs = Math.round(median(warm.map(({ paint }) => paint)))
      const wholeViewMs = Math.round(median(warm.map(({ whole }) => whole)))
      const firstLookMs = Math.round(looks[0]?.whole ?? 0)
      measured.push({ view, firstPaintMs, wholeViewMs, firstLookMs, limitMs: LIMIT_MS })
      say(JSON.stringify(measured.at(-1)))
    }
    mkdirSync(results, { recursive: true })
    const shown = { share, ...scaleOf(share), node: process.version, load: loadavg(), times: TIMES, measured }
    writeFileSync(join(results, `page-${share}.json`), `${JSON.stringify(shown, null, 2)}\n`)
  } finally {
    await browser.close()
    await page[Symbol.asyncDispose]()
    await pool.end()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
