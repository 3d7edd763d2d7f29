import type { Browser, Page } from 'playwright-core'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TOKEN } from '../http/rig.ts'
import { cloneDatabase } from '../support/database.ts'
import { home, KEY, type Running, vendorApp } from '../support/rollcall.ts'
import { CAN_LOOK, faultsOf, openBrowser, settled } from './browser.ts'

const SIZE = 12
const GUARD = '{ count: 5, percent: 30 }'
const GROUPS = { left: '@TGS#left', kept: '@TGS#kept', twice: '@TGS#twice' }

/** `rollcall up` as its users run it, after a sync in which the guard has held leaves of three groups back. */
describe.skipIf(!CAN_LOOK)('the page of rollcall up, in a browser', () => {
  let browser: Browser
  let pool: Pool
  let app: Awaited<ReturnType<typeof vendorApp>>
  let at: ReturnType<typeof home>
  let up: Running
  let url: string
  beforeAll(async () => {
    browser = await openBrowser()
    const database = await cloneDatabase()
    pool = database.pool
    app = await vendorApp()
    for (const groupId of Object.values(GROUPS)) {
      app.fill(groupId, SIZE)
      app.world.updateGroup(groupId, { name: `The ${groupId.slice(5)} ones` })
    }
    at = home({ DATABASE_URL: database.url, TENCENT_SECRET_KEY: KEY, HTTP_PORT: '0', HTTP_TOKEN: TOKEN })
    at.write('rollcall.yaml', `sources:\n${app.yaml({ leaveGuard: GUARD, schedule: '"0 3 1 1 *"' })}`)
    await at.run('sync')
    for (const groupId of Object.values(GROUPS)) walkOut(groupId)
    const held = await at.run('sync')
    if (held.code !== 3) throw new Error(`the guard held nothing back: ${held.err}`)
    up = at.start('up')
    url = /The web page: (\S+)/.exec(await up.said(/The web page: \S+/))?.[1] ?? ''
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    up?.kill('SIGTERM')
    await up?.ended
    await app?.[Symbol.asyncDispose]()
    await pool?.end()
    at?.[Symbol.dispose]()
  })

  /** Eight of twelve: more than the guard lets go. */
  const walkOut = (groupId: string): void => {
    for (let n = 4; n < SIZE; n++) app.world.leave(groupId, `u${n}`)
  }
  const inWorld = (groupId: string): string[] =>
    app.world
      .listMembers(groupId)
      .map(({ accountId }) => accountId)
      .toSorted()
  const inDatabase = async (groupId: string): Promise<string[]> => {
    const { rows } = await pool.query<{ account_id: string }>(
      'SELECT account_id FROM rollcall.members_at($1, $2, now())',
      ['acme', groupId],
    )
    return rows.map((row) => row.account_id).toSorted()
  }
  const leavesOf = async (groupId: string) => {
    const { rows } = await pool.query<{ account_id: string; run_id: number; trigger: string; verdict: string }>(
      `SELECT c.account_id, c.run_id, r.trigger, r.verdict FROM rollcall.member_changes c JOIN rollcall.runs r ON r.id = c.run_id
       WHERE c.group_id = $1 AND c.kind = 'left' ORDER BY c.account_id`,
      [groupId],
    )
    return rows
  }
  async function open(path: string): Promise<{ page: Page; faults: string[] }> {
    const page = await browser.newPage({ timezoneId: 'UTC' })
    // The browser complains of the 401 that the form is the answer to: whatever comes after it counts.
    await page.goto(url + path)
    await page.getByLabel('Token').fill(TOKEN)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await settled(page)
    return { page, faults: faultsOf(page) }
  }
  const cardOf = (page: Page, groupId: string) =>
    page.getByRole('region', { name: `Held leaves of The ${groupId.slice(5)} ones` })

  it('approves held leaves: reads the group again, and lets go who is still gone', { timeout: 90_000 }, async () => {
    const groupId = GROUPS.left
    const { page, faults } = await open('/held')
    const card = cardOf(page, groupId)
    await card.getByText('8 of 12 members would leave').waitFor()
    await card.getByText(groupId, { exact: true }).waitFor()
    await card.getByText('Who: 8 accounts').click()
    expect((await card.locator('.accounts a').allTextContents()).toSorted()).toEqual(
      Array.from({ length: 8 }, (_, n) => `u${n + 4}`).toSorted(),
    )
    expect(await inDatabase(groupId)).toHaveLength(SIZE)
    // One comes back after the sync that held them: only a new read can know. Its first stay is over all the same.
    app.world.join(groupId, 'u4')
    app.sim.clearSeen()
    await card.getByRole('button', { name: 'Approve' }).click()
    const said = page.locator('[aria-live=polite]').filter({ hasText: 'Read again: 8 left, 1 joined.' })
    await said.waitFor()
    await expect.poll(() => card.count()).toBe(0)
    expect(app.sim.seen.some(({ groupIds }) => groupIds.includes(groupId))).toBe(true)
    expect(await inDatabase(groupId)).toEqual(inWorld(groupId))
    const leaves = await leavesOf(groupId)
    expect(leaves.map((row) => row.account_id)).toEqual(['u10', 'u11', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9'])
    const [first] = leaves
    expect(new Set(leaves.map(({ run_id, trigger }) => `${run_id} ${trigger}`))).toEqual(
      new Set([`${first?.run_id} manual`]),
    )
    await said.getByRole('link', { name: `Run ${first?.run_id}` }).click()
    await page.getByRole('heading', { name: `Run ${first?.run_id}` }).waitFor()
    await page.getByRole('link', { name: /The left ones/ }).click()
    await settled(page)
    const shown = await page.locator('[aria-label="Members"] tbody bdi.strong').allTextContents()
    expect(shown.toSorted()).toEqual(inWorld(groupId))
    expect(faults).toEqual([])
    await page.close()
  })

  it('rejects held leaves: all of them stay, also when the next read holds the same back', {
    timeout: 90_000,
  }, async () => {
    const groupId = GROUPS.kept
    const { page, faults } = await open('/held')
    await cardOf(page, groupId).getByRole('button', { name: 'Reject' }).click()
    await page.getByText('Kept: all of them stay members.').waitFor()
    await expect.poll(() => cardOf(page, groupId).count()).toBe(0)
    expect((await at.run('sync', '--group', groupId)).code).toBe(3)
    expect(await inDatabase(groupId)).toHaveLength(SIZE)
    expect(await leavesOf(groupId)).toEqual([])
    await page.reload()
    await settled(page)
    expect(await cardOf(page, groupId).count()).toBe(0)
    expect(faults).toEqual([])
    await page.close()
  })

  it('says that a case is gone which somebody else has decided', { timeout: 90_000 }, async () => {
    const groupId = GROUPS.twice
    const { page } = await open('/held')
    await page.route('**/api/held', (route) => route.abort()) // the page goes on showing what it has loaded
    const { rows } = await pool.query<{ id: number }>(
      'SELECT held_no AS id FROM rollcall.held JOIN rollcall.chat_group USING (group_no) WHERE group_id = $1',
      [groupId],
    )
    expect((await at.run('held', 'approve', String(rows[0]?.id))).code).toBe(0)
    await cardOf(page, groupId).getByRole('button', { name: 'Reject' }).click()
    await cardOf(page, groupId).getByText('There is no such held leave any more').waitFor()
    expect(await inDatabase(groupId)).toEqual(inWorld(groupId))
    await page.close()
  })

  it('shows the queues read-only, behind the token', { timeout: 90_000 }, async () => {
    const stranger = await browser.newPage()
    expect((await stranger.goto(`${url}/queues`))?.status()).toBe(401)
    expect(await stranger.getByText('rollcall-urgent').count()).toBe(0)
    await stranger.close()
    const { page, faults } = await open('/')
    const acting: string[] = []
    page.on('request', (request) => {
      if (request.method() !== 'GET') acting.push(`${request.method()} ${request.url()}`)
    })
    await page.goto(`${url}/queues`)
    await page
      .getByRole('link', { name: /rollcall-urgent/ })
      .first()
      .click()
    await page.waitForURL(/queue\/rollcall-urgent/)
    // The tick of the schedule waits there.
    await page.goto(`${url}/queues/queue/rollcall?status=delayed`)
    await page
      .getByText(/start-sync/)
      .first()
      .waitFor()
    for (const name of [/retry/i, /clean/i, /promote/i, /remove/i, /pause/i, /obliterate/i, /add job/i, /duplicate/i])
      expect([String(name), await page.getByRole('button', { name }).count()]).toEqual([String(name), 0])
    expect(acting).toEqual([])
    expect(faults).toEqual([])
    for (const [method, path] of [
      ['PUT', 'rollcall-urgent/pause'],
      ['PUT', 'rollcall-urgent/empty'],
      ['PUT', 'rollcall-urgent/obliterate'],
      ['PUT', 'rollcall-urgent/clean/completed'],
      ['PUT', 'rollcall-urgent/retry/completed'],
      ['POST', 'rollcall-urgent/add'],
    ] as const) {
      const response = await page.request.fetch(`${url}/queues/api/queues/${path}`, { method, data: {} })
      expect([path, response.status()]).toEqual([path, 403])
    }
    await page.close()
  })
})
