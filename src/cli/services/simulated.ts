import type { SimApp } from '../../simulator/index.ts'
import type { World } from '../../simulator/types.ts'

/** The credentials of the simulated apps: for the simulator on this machine alone, and written out for its users. */
const TENCENT = { sdkAppId: 1400000001, identifier: 'administrator', secretKey: '5f1c7d0e9ab24c36b8f0d2e47a915cc3' }

export const VENDORS = ['tencent'] as const
export type SimulatedVendor = (typeof VENDORS)[number]

export interface Simulated {
  readonly vendor: SimulatedVendor
  readonly name: string
  readonly world: World
}

/** One app a vendor, each with its world. `limits: 'off'` serves as fast as it can. */
export function simulatedApps(all: readonly Simulated[], limits?: 'off'): SimApp[] {
  return all.map(({ name, world }) => ({
    vendor: 'tencent',
    name,
    sdkAppId: TENCENT.sdkAppId,
    secretKey: TENCENT.secretKey,
    admins: [TENCENT.identifier],
    world,
    ...(limits === undefined ? {} : { limits }),
  }))
}

/** A sources file for simulated apps at an address. */
export function sourcesYaml(all: readonly Simulated[], url: string, extra = ''): string {
  const sources = all.map(({ name }) =>
    [
      `  - name: ${name}`,
      '    vendor: tencent',
      `    baseUrl: ${url}`,
      `    sdkAppId: ${TENCENT.sdkAppId}`,
      `    identifier: ${TENCENT.identifier}`,
      `    secretKey: ${TENCENT.secretKey}`,
      '    discover: { allGroups: true }',
      ...(extra === '' ? [] : [`    ${extra}`]),
    ].join('\n'),
  )
  return `sources:\n${sources.join('\n')}\n`
}
