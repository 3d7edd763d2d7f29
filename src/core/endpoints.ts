/**
 * The calls of each vendor that Rollcall makes, with the vendor's documented limit in calls a second.
 * The names are those of `limits` in the sources file and of `calls` in every output (interface, section 2).
 */
export const ENDPOINTS = {
  tencent: {
    getAppidGroupList: 1,
    getJoinedGroupList: 200,
    getGroupInfo: 100,
    getGroupMemberInfo: 200,
    getRoleInGroup: 200,
  },
  easemob: {
    token: 300,
    listGroups: 100,
    joinedGroups: 50,
    groupDetails: 100,
    groupMembers: 100,
    groupAdmins: 100,
    groupMutes: 100,
    isJoined: 100,
  },
  yunxin: {
    joinedTeams: 50,
    teamInfo: 50,
    teamInfoBatch: 50,
    teamMembers: 50,
  },
} as const

export type VendorKind = keyof typeof ENDPOINTS
export const VENDOR_KINDS = ['tencent', 'easemob', 'yunxin'] as const satisfies readonly VendorKind[]

/** Where Tencent serves the apps of a region; the host of another region answers 60026. Any other host: `baseUrl`. */
export const TENCENT_REGIONS = {
  cn: 'https://console.tim.qq.com',
  sg: 'https://adminapisgp.im.qcloud.com',
  kr: 'https://adminapikr.im.qcloud.com',
  jp: 'https://adminapijpn.im.qcloud.com',
  de: 'https://adminapiger.im.qcloud.com',
  in: 'https://adminapiind.im.qcloud.com',
  us: 'https://adminapiusa.im.qcloud.com',
  id: 'https://adminapiidn.im.qcloud.com',
} as const
