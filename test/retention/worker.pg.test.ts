import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openStage } from '../queue/open-stage.ts'

test('a worker does it by itself: once, until the day after', async () => {
  const retain = [{ source: 'acme', history: { count: 30, unit: 'd' }, reads: null }] as const
  await using stage = await openStage({ groups: 1, members: 4, retain })
  await using worker = await workerOf(stage)
  await stage.answered(await stage.ask(null))
  await stage.pool.query(
    `INSERT INTO rollcall.stay (first_seen_at, start_at, end_at, end_not_before, join_id, group_no, start_run, end_run, role, account_id)
     SELECT t.at, t.at, t.at + interval '1 day', t.at, nextval('rollcall.change_id'), g.group_no, 1, 1, 'member', 'old'
     FROM rollcall.chat_group g, (SELECT now() - interval '60 days' AS at) t`,
  )
  await stage.pool.query('DELETE FROM rollcall.retention')
  const row = 'SELECT stays::integer, ended_at, history_from < now() AS past FROM rollcall.retention'
  for (let look = 0; ; look += 1) {
    const { rows } = await stage.pool.query(row)
    if (rows[0]?.ended_at instanceof Date) {
      expect(rows).toMatchObject([{ stays: 1, past: true }])
      break
    }
    if (look > 600) throw new Error(`retention was not done: ${JSON.stringify(rows)}`)
    await sleep(50)
  }
  expect(worker).toBeDefined()
  expect((await stage.pool.query('SELECT count(*)::int AS n FROM rollcall.stay')).rows).toEqual([{ n: 0 }])
})

async function workerOf(stage: Awaited<ReturnType<typeof openStage>>) {
  const worker = await stage.worker()
  return { [Symbol.asyncDispose]: async () => void (await worker.end()) }
}
