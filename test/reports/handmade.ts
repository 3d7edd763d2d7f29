import type { StoryEvent } from './story.ts'

const at = (text: string): number => Date.parse(text) / 1000

/**
 * A small history with every edge: a first reading, joins and leaves around both clock changes of Berlin in 2024 and
 * around midnight in Shanghai, a rejoin, a leave and rejoin within one second, role flips, an owner who goes, a group
 * emptied, one dissolved for good and one that comes back, one renamed and of another type.
 */
export const STORY: readonly StoryEvent[] = [
  ...opening(
    at('2024-03-20T10:00:00Z'),
    'hall',
    'The hall',
    ['ann owner', 'bob admin', 'cid member', 'dan member', 'eve member'],
    10,
  ),
  ...opening(at('2024-03-20T10:00:00Z'), 'club', 'Club', ['ann member', 'bob owner', 'fay member'], 4),
  ...opening(at('2024-03-20T10:00:00Z'), 'lone', 'Lonely', ['gus owner']),
  // 2024-03-31 has 23 hours in Berlin: 22:59:59 and 23:00:00 UTC the evening before lie on two days.
  ...join(at('2024-03-30T22:59:59Z'), 'hall', 'fay'),
  ...join(at('2024-03-30T23:00:00Z'), 'hall', 'gus'),
  ...join(at('2024-03-31T21:59:59Z'), 'hall', 'hal'),
  ...leave(at('2024-03-31T22:00:00Z'), 'hall', 'cid'),
  ...role(at('2024-04-02T08:00:00Z'), 'hall', 'dan', 'admin'),
  ...leave(at('2024-04-05T12:00:00Z'), 'hall', 'hal'),
  ...join(at('2024-04-05T18:00:00Z'), 'hall', 'hal'),
  // Midnight in Shanghai is 16:00 UTC.
  ...join(at('2024-04-10T15:59:59Z'), 'club', 'cid'),
  ...join(at('2024-04-10T16:00:00Z'), 'club', 'dan'),
  ...join(at('2024-04-10T16:00:00Z'), 'hall', 'cid'),
  // One second: out and in again, which nobody can see, and a change of role that takes itself back.
  { t: at('2024-04-12T09:00:00Z'), group: 'hall', op: 'leave', account: 'eve' },
  { t: at('2024-04-12T09:00:00Z'), group: 'hall', op: 'join', account: 'eve', role: 'member' },
  { t: at('2024-04-12T09:00:00Z'), group: 'hall', op: 'role', account: 'dan', role: 'member' },
  { t: at('2024-04-12T09:00:00Z'), group: 'hall', op: 'role', account: 'dan', role: 'admin' },
  { t: at('2024-04-12T09:00:00Z'), group: 'hall', op: 'leave', account: 'bob' },
  // Role flips, and the owner hands over.
  ...role(at('2024-04-20T00:00:00Z'), 'hall', 'dan', 'member'),
  ...role(at('2024-04-21T00:00:00Z'), 'hall', 'dan', 'admin'),
  { t: at('2024-04-22T00:00:00Z'), group: 'hall', op: 'role', account: 'ann', role: 'member' },
  { t: at('2024-04-22T00:00:00Z'), group: 'hall', op: 'role', account: 'dan', role: 'owner' },
  { t: at('2024-04-25T00:00:00Z'), group: 'hall', op: 'update', name: 'Great hall' },
  { t: at('2024-04-26T00:00:00Z'), group: 'club', op: 'update', type: 'ChatRoom' },
  ...leave(at('2024-04-28T00:00:00Z'), 'club', 'bob'),
  ...leave(at('2024-05-01T00:00:00Z'), 'lone', 'gus'),
  ...opening(at('2024-05-02T00:00:00Z'), 'tent', 'Tent', ['ivy owner', 'jim member']),
  ...join(at('2024-05-03T00:00:00Z'), 'tent', 'kim'),
  { t: at('2024-05-10T00:00:00Z'), group: 'tent', op: 'dissolve' },
  ...opening(at('2024-05-20T00:00:00Z'), 'tent', 'Tent', ['ivy owner', 'kim member']),
  ...opening(at('2024-05-20T00:00:00Z'), 'camp', 'Camp', ['ivy member', 'kim member', 'ann member']),
  { t: at('2024-06-20T00:00:00Z'), group: 'camp', op: 'dissolve' },
  ...['lea', 'max', 'ned', 'oda', 'pia', 'quy'].flatMap((account) => join(at('2024-07-04T11:00:00Z'), 'club', account)),
  ...['lea', 'max', 'ned'].flatMap((account) => leave(at('2024-07-12T11:00:00Z'), 'club', account)),
  ...leave(at('2024-08-20T11:00:00Z'), 'hall', 'fay'),
  // 2024-10-27 has 25 hours in Berlin: from 22:00 UTC to 23:00 UTC the next day.
  ...join(at('2024-10-26T22:00:00Z'), 'hall', 'lea'),
  ...leave(at('2024-10-27T22:59:59Z'), 'hall', 'gus'),
  ...join(at('2024-10-27T23:00:00Z'), 'hall', 'max'),
  ...join(at('2024-11-01T00:00:00Z'), 'lone', 'gus', 'owner'),
]
/** When the last complete read of everything was made, and when the reports look at it. */
export const LAST_READ: number = at('2024-11-20T06:00:00Z')
export const REPORT_NOW: number = at('2024-11-20T12:00:00Z')

function opening(t: number, group: string, name: string, people: readonly string[], maxMembers?: number): StoryEvent[] {
  return [
    { t, group, op: 'create', name, ...(maxMembers === undefined ? {} : { maxMembers }) },
    ...people.map((one): StoryEvent => {
      const [account = '', word = 'member'] = one.split(' ')
      return { t, group, op: 'join', account, role: word === 'owner' || word === 'admin' ? word : 'member' }
    }),
  ]
}
function join(t: number, group: string, account: string, role: 'owner' | 'member' = 'member'): StoryEvent[] {
  return [{ t, group, op: 'join', account, role }]
}
function leave(t: number, group: string, account: string): StoryEvent[] {
  return [{ t, group, op: 'leave', account }]
}
function role(t: number, group: string, account: string, to: 'admin' | 'member'): StoryEvent[] {
  return [{ t, group, op: 'role', account, role: to }]
}
