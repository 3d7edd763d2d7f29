import type { Report } from './types.ts'

/** Who was where, and when. */
export const MOMENTS: readonly Report[] = [
  {
    name: 'members-at',
    family: 'point in time',
    asks: 'Who was in a group at a moment, with which role?',
    needs: ['group'],
    sql: 'SELECT * FROM rollcall.members_at(:source, :group, :at) ORDER BY account_id',
  },
  {
    name: 'groups-of',
    family: 'point in time',
    asks: 'Which groups was an account in at a moment?',
    needs: ['account'],
    sql: 'SELECT * FROM rollcall.groups_of(:source, :account, :at) ORDER BY group_id',
  },
  {
    name: 'groups-between',
    family: 'point in time',
    asks: 'Which groups was an account in between two moments?',
    needs: ['account'],
    back: 90,
    sql: 'SELECT * FROM rollcall.groups_between(:source, :account, :since, :until)',
  },
  {
    name: 'ever-members',
    family: 'point in time',
    asks: 'Who has ever been in a group, with every join and leave?',
    needs: ['group'],
    sql: 'SELECT * FROM rollcall.ever_members(:source, :group)',
  },
  {
    name: 'met',
    family: 'point in time',
    asks: 'Who shared a group with an account in the last 90 days?',
    needs: ['account'],
    back: 90,
    sql: 'SELECT * FROM rollcall.met(:source, :account, :since, :until)',
    draws: { as: 'bar', of: 'shared_groups' },
  },
  {
    name: 'audience',
    family: 'point in time',
    asks: 'Who could have seen what was sent in a group at a moment?',
    needs: ['group'],
    sql: 'SELECT * FROM rollcall.audience_at(:source, :group, :at)',
  },
  {
    name: 'changes-between',
    family: 'point in time',
    asks: 'What changed in a group between two dates, and which run saw it?',
    needs: ['group'],
    sql: 'SELECT * FROM rollcall.changes_between(:source, :group, :since, :until)',
  },
  {
    name: 'leave-reads',
    family: 'point in time',
    asks: 'Between which two reads did a leave happen?',
    needs: ['group', 'account'],
    sql: 'SELECT * FROM rollcall.leave_reads(:source, :group, :account)',
  },
]
