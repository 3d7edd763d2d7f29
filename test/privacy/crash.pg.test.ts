import { expect, test } from 'vitest'
import { forgetAccount } from '../../src/store/forget/forget.ts'
import { rowPlaces } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'
import { instrument } from '../torture/points.ts'
import { placesOf } from './search.ts'
import { history, lived, MARK, who } from './story.ts'

/**
 * Forgetting killed before and after each of its statements, with a sync after each blow: either nothing has happened, or
 * no read brings the name in any more; and the same again ends it.
 */

const rigOf = rigsOfTest()

test.each(['tencent', 'yunxin'] as const)(
  'killed at every seam, %s',
  async (vendor) => {
    const sample = await lived(rigOf, vendor)
    const look = instrument(sample.url, () => Promise.reject(new Error('no calls')), null)
    await forgetAccount(look.pool, await who(sample))
    await look.end()
    const seams = look.passed.filter((name) => name.startsWith('sql:'))
    expect(seams.length).toBeGreaterThan(60)
    const commit = seams.indexOf('sql:COMMIT:after')
    expect(commit).toBeGreaterThan(20)

    const rig = await lived(rigOf, vendor)
    const account = await who(rig)
    const before = await history(rig.pool, account.pseudonym)
    await rig.sync()
    // Runs become more, and groups are read anew; the rest is history.
    const past = (lines: readonly string[]) => lines.filter((line) => !/^(run|now) /.test(line))
    for (const [place, at] of seams.entries()) {
      const points = instrument(rig.url, () => Promise.reject(new Error('no calls')), { at, how: 'kill' })
      await expect(forgetAccount(points.pool, account), at).rejects.toThrow()
      await points.end()
      const named = await placesOf(rig.pool, `${MARK}.person`)
      const { rows: noted } = await rig.pool.query('SELECT pseudonym, finished_at FROM rollcall.forgotten')
      if (place < commit) {
        expect(noted, at).toEqual([])
        expect(named, at).toContain('rollcall.member.account_id (3)')
      } else {
        expect(noted, at).toMatchObject([{ pseudonym: account.pseudonym }])
        // Only sentences may be left, and the planner's samples of what was there.
        expect(
          named.filter((name) => !/reason|note|pg_stats/.test(name)),
          at,
        ).toEqual([])
      }
      const places = await rowPlaces(rig.pool)
      expect(await rig.sync(), at).toMatchObject({ members: { joined: 0, left: 0, changed: 0, held: 8 } })
      expect(await rowPlaces(rig.pool), at).toBe(places)
      expect(past(await history(rig.pool, account.pseudonym)), at).toEqual(past(before))
    }
    await forgetAccount(rig.pool, account)
    expect(await placesOf(rig.pool, MARK)).toEqual([])
    const { rows } = await rig.pool.query('SELECT finished_at FROM rollcall.forgotten_accounts')
    expect(rows).toEqual([{ finished_at: expect.any(Date) as unknown }])
  },
  300_000,
)
