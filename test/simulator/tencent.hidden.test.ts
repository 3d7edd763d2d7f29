import { expect, test } from 'vitest'
import { tencentSimulator } from './tencentClient.ts'

test('a hidden member is in no list and no MemberNum, while get_role_in_group knows it', async () => {
  await using sim = await tencentSimulator({ hiddenMembers: new Set(['u1', 'nobody']) })
  sim.world.createGroup({ groupId: 'g', type: 'Public' })
  for (const account of ['u0', 'u1', 'u2']) sim.world.join('g', account)
  const shown = { MemberNum: 2, MemberList: [{ Member_Account: 'u0' }, { Member_Account: 'u2' }] }
  expect((await sim.call('get_group_member_info', { GroupId: 'g' })).json).toMatchObject(shown)
  expect((await sim.call('get_group_info', { GroupIdList: ['g'] })).json).toMatchObject({ GroupInfo: [shown] })
  expect((await sim.call('get_role_in_group', { GroupId: 'g', User_Account: ['u1', 'u9'] })).json).toMatchObject({
    UserIdList: [{ Role: 'Member' }, { Role: 'NotMember' }],
  })
})
