/** The REST host of each region of an SDKAppID (T-24, T-ERR25). The host of another region answers 60026. */
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

export type TencentRegion = keyof typeof TENCENT_REGIONS
