import type { Report } from './types.ts'

/** How groups grow and shrink. */
export const GROWTH: readonly Report[] = [
  {
    name: 'growth',
    family: 'growth and churn',
    asks: 'Joins, leaves and net growth of a group (or of all) per day, week or month of a time zone?',
    step: ['day', 'week', 'month'],
    sql: 'SELECT * FROM rollcall.growth(:source, :group, :since_day, :until_day, :zone, :step)',
    draws: { as: 'sparkline', of: 'members' },
  },
  {
    name: 'daily-facts',
    family: 'growth and churn',
    asks: 'On which days did something change in which group?',
    sql: 'SELECT * FROM rollcall.daily_facts(:source, :group, :since_day, :until_day, :zone)',
  },
  {
    name: 'growth-ranking',
    family: 'growth and churn',
    asks: 'Which groups grew or shrank fastest, absolute and in percent?',
    sql: 'SELECT * FROM rollcall.growth_ranking(:source, :since, :until, :most)',
    draws: { as: 'bar', of: 'net' },
  },
  {
    name: 'churn',
    family: 'growth and churn',
    asks: 'Monthly churn: leavers / members at start, per source, type or size band?',
    by: ['source', 'type', 'size'],
    back: 365,
    sql: 'SELECT * FROM rollcall.churn(:source, :since_day, :until_day, :zone, :by)',
    draws: { as: 'bar', of: 'churn_percent' },
  },
  {
    name: 'comebacks',
    family: 'growth and churn',
    asks: 'How many leavers came back, and after how long?',
    back: 365,
    sql: 'SELECT * FROM rollcall.comebacks(:source, :since, :until)',
    draws: { as: 'bar', of: 'leaves' },
  },
  {
    name: 'abnormal-days',
    family: 'growth and churn',
    asks: 'On which days were joins or leaves abnormal?',
    back: 365,
    sql: 'SELECT * FROM rollcall.abnormal_days(:source, :group, :since_day, :until_day, :zone)',
    draws: { as: 'bar', of: 'count' },
  },
  {
    name: 'backlog',
    family: 'growth and churn',
    asks: "How much of a day's change is a first-time-seen backlog?",
    sql: 'SELECT * FROM rollcall.backlog(:source, :since_day, :until_day, :zone)',
    draws: { as: 'bar', of: 'first_seen' },
  },
]
