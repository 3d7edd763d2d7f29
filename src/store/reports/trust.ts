import type { Report } from './types.ts'

/** How far all of this can be trusted. */
export const TRUST: readonly Report[] = [
  {
    name: 'freshness',
    family: 'data quality',
    asks: 'How fresh is each group, and which have no complete read in 24 h, and why?',
    sql: 'SELECT * FROM rollcall.freshness WHERE source = :source ORDER BY newest_read NULLS FIRST, group_id',
  },
  {
    name: 'last-run',
    family: 'data quality',
    asks: 'What did the last run do?',
    sql: 'SELECT * FROM rollcall.last_runs WHERE source = :source',
  },
  {
    name: 'count-differences',
    family: 'data quality',
    asks: "Where do our counts differ from the vendor's?",
    sql: 'SELECT * FROM rollcall.count_differences WHERE source = :source ORDER BY abs(difference) DESC, group_id',
    draws: { as: 'bar', of: 'difference' },
  },
  {
    name: 'held-leaves',
    family: 'data quality',
    asks: 'Which groups have leaves that wait for approval?',
    sql: 'SELECT * FROM rollcall.data_quality WHERE source = :source AND held_leaves > 0 ORDER BY held_leaves DESC, group_id',
    draws: { as: 'bar', of: 'held_leaves' },
  },
  {
    name: 'crawl-time',
    family: 'data quality',
    asks: 'How long does a full crawl take at this quota, and at twice the groups?',
    sql: 'SELECT * FROM rollcall.crawl_time(:source)',
    draws: { as: 'bar', of: 'seconds_with_more' },
  },
]
