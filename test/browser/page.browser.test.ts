import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Resync, ResyncState } from '../../src/http/types.ts'
import type { Rig } from '../support/rig.ts'
import { history, serve, TOKEN } from '../http/rig.ts'
import { CAN_LOOK, faultsOf, openBrowser, settled, WEB } from './browser.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const group = `/groups/acme/${encodeURIComponent('@TGS#one')}`
const odd = `/groups/acme/${encodeURIComponent('super/7 %2F"')}`
const VIEWS = [
  '/',
  '/groups',
  group,
  odd,
  '/accounts/acme/bob_3',
  `/accounts/acme/${encodeURIComponent("o'neil </td>")}`,
  '/changes',
  '/runs',
  '/runs/1',
  '/held',
  '/reports',
  '/reports/growth',
  '/groups/acme/unknown',
]

describe.skipIf(!CAN_LOOK)('the page in a browser', () => {
  let browser: Browser
  let rig: Rig
  let api: Awaited<ReturnType<typeof serve>>
  beforeAll(async () => {
    browser = await openBrowser()
    rig = await history()
    const sources = [{ name: 'acme', vendor: 'tencent', schedule: null, nextRun: () => null, rates: {} }]
    api = await serve(rig.pool, { webRoot: WEB, sources, resync: resyncOf(rig) })
  })
  afterAll(async () => {
    await browser?.close()
    await api?.[Symbol.asyncDispose]()
    await rig?.[Symbol.asyncDispose]()
  })

  /** A page that tells what went wrong in it. */
  async function open(
    path: string,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ page: Page; faults: string[] }> {
    const page = await browser.newPage({ timezoneId: 'UTC', ...options })
    const faults = faultsOf(page)
    await page.goto(api.url + path)
    await settled(page)
    return { page, faults }
  }

  it.each(['light', 'dark'] as const)(
    'has no console error and no serious fault for axe, %s, wide and on a phone',
    { timeout: 150_000 },
    async (colorScheme) => {
      for (const path of VIEWS) {
        const { page, faults } = await open(path, {
          colorScheme,
          viewport: { width: 1280, height: 900 },
          bypassCSP: true,
        })
        await page.addScriptTag({ path: AXE })
        const found = await page.evaluate(
          `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map((one) => one.id + ': ' + one.nodes.map((node) => node.html).slice(0, 3).join(' | ')))`,
        )
        expect([path, faults, found]).toEqual([path, [], []])
        await page.setViewportSize({ width: 390, height: 844 })
        // Charts are drawn anew in the frame after the change.
        const wider = () => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        await expect.poll(async () => [path, await wider()], { timeout: 20_000 }).toEqual([path, 0])
        await page.close()
      }
    },
  )

  it('runs nothing that a name says', async () => {
    const { page, faults } = await open('/changes')
    expect(await page.getByText('<b>bold</b><script>alert(1)</script>', { exact: false }).count()).toBeGreaterThan(0)
    expect(await page.locator('main b:text("bold"), main script').count()).toBe(0)
    expect(faults).toEqual([])
    await page.close()
  })

  it('shows at the slider the roll that members_at gives', async () => {
    const { page } = await open(group)
    const slider = page.getByLabel(/^At/)
    await slider.focus()
    for (const key of ['Home', 'PageUp', 'PageUp', 'End', 'ArrowLeft']) {
      await page.keyboard.press(key)
      await page.waitForTimeout(400)
      await expect.poll(() => page.locator('.stale').count(), { timeout: 20_000 }).toBe(0)
      const asked = new URL(page.url()).searchParams.get('at')
      const at = asked ?? new Date().toISOString()
      const { rows } = await rig.pool.query<{ account_id: string }>(
        'SELECT account_id FROM rollcall.members_at($1, $2, $3) ORDER BY 1',
        ['acme', '@TGS#one', at],
      )
      const shown = await page.locator('[aria-label="Members"] tbody bdi.strong').allTextContents()
      expect([key, shown.toSorted()]).toEqual([key, rows.map((row) => row.account_id)])
    }
    await page.reload()
    expect(new URL(page.url()).searchParams.get('at')).not.toBeNull()
    await page.close()
  })

  it('reads a group again when asked to, and shows what came of it', async () => {
    const { page, faults } = await open(group)
    rig.world.join('@TGS#one', 'newcomer')
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.getByText('Read: 1 joined').waitFor()
    await page.getByRole('region', { name: 'Members' }).getByText('newcomer').waitFor()
    await page.getByRole('region', { name: 'Changes of this group' }).getByText('newcomer').waitFor()
    expect(faults).toEqual([])
    await page.close()
  })

  it('searches as you type, keeps filters in the address, and is left by Back', async () => {
    const { page } = await open('/groups')
    await page.getByLabel('Name or id of a group').fill('another')
    await page.waitForURL(/q=another/)
    await page.getByText('1 group', { exact: true }).waitFor()
    await page.getByRole('link', { name: /another name/ }).click()
    await page.getByRole('heading', { name: 'another name' }).waitFor()
    await page.goBack()
    expect(await page.getByLabel('Name or id of a group').inputValue()).toBe('another')
    await page.keyboard.press('Escape')
    await page.locator('h1').click()
    await page.keyboard.press('/')
    await page.keyboard.type('bob_7')
    await page.getByRole('option', { name: /bob_7/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'bob_7' }).waitFor()
    await page.close()
  })

  it('asks for the token once', async () => {
    await using locked = await serve(rig.pool, { webRoot: WEB, token: TOKEN })
    const page = await browser.newPage()
    await page.goto(`${locked.url}/groups`)
    await page.getByLabel('Token').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The token is wrong.').waitFor()
    await page.getByLabel('Token').fill(TOKEN)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Groups' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Groups' }).waitFor()
    await page.close()
  })
})

/** A real sync of the simulated vendor, as the queue would make it. */
function resyncOf(rig: Rig): Resync {
  const states = new Map<string, ResyncState>()
  return {
    async start(ask) {
      const state: ResyncState = {
        ...ask,
        id: '1',
        state: 'running',
        runId: null,
        groupsDone: 0,
        groupsKnown: 1,
        members: 0,
        calls: 0,
        note: null,
      }
      states.set('1', state)
      void rig
        .sync({ scope: { groups: ask.groups, accounts: [] } })
        .then((result) =>
          states.set('1', { ...state, state: 'done', runId: result.runId, note: `${result.members.joined} joined` }),
        )
      return state
    },
    state: async (id) => states.get(id) ?? null,
  }
}
