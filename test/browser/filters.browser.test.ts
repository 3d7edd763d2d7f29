import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { history, serve } from '../http/rig.ts'
import type { Rig } from '../support/rig.ts'
import { CAN_LOOK, openBrowser, settled, WEB } from './browser.ts'

const one = `/groups/acme/${encodeURIComponent('@TGS#one')}`

interface View {
  readonly path: string
  /** What somebody does there. */
  readonly filter: (page: Page) => Promise<unknown>
  /** What the address holds then. */
  readonly holds: Readonly<Record<string, string>>
}

/** Every view that filters, and every filter of it. */
const VIEWS: readonly View[] = [
  { path: '/', filter: (page) => press(page, '1 year'), holds: { days: '365' } },
  { path: '/groups', filter: (page) => type(page, 'Name or id of a group', 'another'), holds: { q: 'another' } },
  { path: '/groups', filter: (page) => pick(page, 'Source', 'acme'), holds: { source: 'acme' } },
  { path: '/groups', filter: (page) => pick(page, 'Coverage', 'partial,none'), holds: { coverage: 'partial,none' } },
  { path: '/groups', filter: (page) => pick(page, 'Freshness', 'stale'), holds: { read: 'stale' } },
  { path: '/groups', filter: (page) => press(page, 'Dissolved'), holds: { state: 'dissolved' } },
  { path: '/groups', filter: (page) => press(page, /^Created/), holds: { sort: 'created', order: 'desc' } },
  { path: one, filter: (page) => type(page, 'Find a member', 'bob_1'), holds: { member: 'bob_1' } },
  { path: one, filter: (page) => page.getByLabel(/^At/).press('PageDown'), holds: { at: '' } },
  { path: '/changes', filter: (page) => pick(page, 'Source', 'acme'), holds: { source: 'acme' } },
  { path: '/changes?source=acme', filter: (page) => type(page, 'Group id', '@TGS#one'), holds: { group: '@TGS#one' } },
  { path: '/changes', filter: (page) => type(page, 'Account', 'bob_3'), holds: { account: 'bob_3' } },
  { path: '/changes', filter: (page) => press(page, 'Left'), holds: { kind: 'left' } },
  { path: '/changes', filter: (page) => pick(page, 'Joins', 'found'), holds: { joins: 'found' } },
  { path: '/changes', filter: (page) => page.getByLabel('From').fill('2025-12-31'), holds: { since: '' } },
  { path: '/changes', filter: (page) => page.getByLabel('Before').fill('2026-01-02'), holds: { until: '' } },
  { path: '/runs', filter: (page) => pick(page, 'Source', 'acme'), holds: { source: 'acme' } },
  { path: '/runs', filter: (page) => press(page, 'Complete'), holds: { verdict: 'complete' } },
  { path: '/runs/1', filter: (page) => press(page, /^complete/), holds: { outcome: 'complete' } },
  { path: '/reports', filter: (page) => type(page, 'Find a report', 'churn'), holds: { q: 'churn' } },
  { path: '/reports/growth', filter: (page) => type(page, 'Group id', '@TGS#one'), holds: { group: '@TGS#one' } },
  { path: '/reports/growth', filter: (page) => pick(page, 'Step', 'week'), holds: { step: 'week' } },
  { path: '/reports/growth', filter: (page) => pick(page, 'Since', '365'), holds: { since: '' } },
]

const press = (page: Page, name: string | RegExp) =>
  page.locator('main').getByRole('button', { name, exact: true }).click()
const pick = (page: Page, name: string, value: string) => page.getByLabel(name, { exact: true }).selectOption(value)
const type = (page: Page, name: string, text: string) => page.getByLabel(name, { exact: true }).fill(text)

/** What a view shows beneath its head, and what its fields say; ages go on while one looks. */
const shown = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const all = (what) => [...document.querySelectorAll(what)]
    const rows = all('main tbody tr, main .feed li, main .report-link').map((row) => {
      const copy = row.cloneNode(true)
      for (const time of copy.querySelectorAll('time')) time.remove()
      return copy.textContent
    })
    return JSON.stringify({
      fields: all('main input, main select').map(({ value }) => value),
      pressed: all('main [aria-pressed=true]').map((button) => button.textContent),
      rows,
    })
  })()`)

describe.skipIf(!CAN_LOOK)('addresses', () => {
  let browser: Browser
  let rig: Rig
  let api: Awaited<ReturnType<typeof serve>>
  beforeAll(async () => {
    browser = await openBrowser()
    rig = await history()
    const sources = [{ name: 'acme', vendor: 'tencent', schedule: null, nextRun: () => null, rates: {} }]
    api = await serve(rig.pool, { webRoot: WEB, sources })
  })
  afterAll(async () => {
    await browser?.close()
    await api?.[Symbol.asyncDispose]()
    await rig?.[Symbol.asyncDispose]()
  })
  const open = async (path: string): Promise<Page> => {
    const page = await browser.newPage({ timezoneId: 'Asia/Shanghai' })
    await page.goto(api.url + path)
    await settled(page)
    return page
  }

  it.each(VIEWS.map((view) => [view.path, Object.keys(view.holds).join(' and '), view] as const))(
    '%s holds its filter: %s; whoever is sent the address sees the same',
    { timeout: 60_000 },
    async (path, _, { filter, holds }) => {
      const page = await open(path)
      await filter(page)
      const names = Object.keys(holds)
      await page.waitForURL((url) => names.every((name) => url.searchParams.has(name)))
      await settled(page)
      const asked = new URL(page.url()).searchParams
      for (const [name, value] of Object.entries(holds)) if (value !== '') expect(asked.get(name)).toBe(value)
      const other = await open(page.url().slice(api.url.length))
      await expect.poll(() => shown(other)).toBe(await shown(page))
      await other.close()
      await page.close()
    },
  )

  it('of the figures lead to as many rows as they say', { timeout: 90_000 }, async () => {
    const rowsOf = (page: Page) => page.locator('.feed li').count()
    const run = await open('/runs/2')
    for (const label of ['Joined', 'Left', 'Changed']) {
      const figure = run.locator('a.figure').filter({ has: run.getByText(label, { exact: true }) })
      const said = Number(await figure.locator('.figure-value').textContent())
      const rows = await open((await figure.getAttribute('href')) ?? '')
      expect([label, await rowsOf(rows)]).toEqual([label, said])
      await rows.close()
    }
    await run.close()
  })

  it('of nothing show a page that says so, with a way back', async () => {
    const page = await browser.newPage()
    const response = await page.goto(`${api.url}/nowhere/at/all`)
    expect(response?.status()).toBe(404)
    await page.getByText('There is nothing here').waitFor()
    await page.getByRole('link', { name: 'Groups' }).click()
    await page.getByRole('heading', { name: 'Groups' }).waitFor()
    await page.close()
  })

  it('to a part of a view move there and change nothing else', async () => {
    const page = await open(`${one}?member=bob`)
    await page.getByRole('link', { name: /^Last complete read/ }).click()
    expect(new URL(page.url()).searchParams.get('member')).toBe('bob')
    await expect
      .poll(() => page.evaluate('document.querySelector("#reads").getBoundingClientRect().top'))
      .toBeLessThan(900)
    await page.close()
  })
})

describe.skipIf(!CAN_LOOK)('a view that cannot be loaded', () => {
  it('says why and loads again when asked to', { timeout: 60_000 }, async () => {
    const browser = await openBrowser()
    await using rig = await history()
    await using api = await serve(rig.pool, { webRoot: WEB })
    for (const [path, call] of [
      ['/', '/api/sources'],
      ['/groups', '/api/groups'],
      [one, '/api/groups/'],
      ['/accounts/acme/bob_3', '/api/accounts'],
      ['/changes', '/api/changes'],
      ['/runs', '/api/runs'],
      ['/runs/1', '/api/runs/1'],
      ['/held', '/api/held'],
      ['/reports', '/api/reports'],
      ['/reports/growth', '/api/reports/growth'],
    ] as const) {
      const page = await browser.newPage()
      let broken = true
      await page.route(`**${call}**`, (route) => (broken ? route.abort() : route.continue()))
      await page.goto(api.url + path)
      await page.getByText('Rollcall does not answer. Is it still running?').first().waitFor()
      broken = false
      await page.getByRole('button', { name: 'Try again' }).first().click()
      await settled(page)
      await page.getByRole('alert').first().waitFor({ state: 'detached' })
      await page.close()
    }
    await browser.close()
  })
})
