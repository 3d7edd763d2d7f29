import type { VendorKind } from '../../src/core/endpoints.ts'
import { transportFaults } from '../../src/simulator/faults.ts'

/** What the vendors' documents say that each error is (api.md, T4, E4, Y4), written down apart from the adapters. */
export type Expected =
  /** Passes by itself or by waiting, or by a new signature: struck once, the run is complete. */
  | 'passing'
  /** No call can succeed: the run ends with a reason, and marks nothing. */
  | 'stop'
  /** Says something of this very call: the groups concerned are not complete, everything else is. */
  | 'local'

export const FAULTS: Readonly<Record<VendorKind, Readonly<Record<Expected, readonly string[]>>>> = {
  tencent: {
    passing: [
      ...['10002', '60008', '60013', '60014', '70169', '70202', '70500', '99999'],
      ...['10006', '60007', '60011', '60018', '60019'],
      ...['60004', '60005', '70001', '70002', '70003', '70005', '70051', '70052', '70050'],
    ],
    stop: ['10012', '10026', '60006', '60010', '60016', '60017', '60020', '60021', '60026', '70009', '70013', '70014'],
    local: ['10003', '10004', '10007', '10008', '10018', '60002', '60003', '60009', '60012', '60015', '60025'],
  },
  easemob: {
    passing: [
      'unauthorized',
      'no_token',
      'bad_token',
      'timeout408',
      'reach_limit',
      'web_application',
      'limit503',
      'http504',
    ],
    stop: ['invalid_grant', 'organization_application_not_found', 'resource_limited'],
    local: [
      'json_parse',
      'illegal_argument',
      'required_property_not_found',
      'forbidden_op',
      'wrong_method',
      'too_large',
    ],
  },
  yunxin: {
    passing: ['414', '416', '449', '500', '503', '511', '514', '102449', '108449', '109449', '199999'],
    stop: ['101301', '101303'],
    local: ['404', '108302', '108311', '108314', '108406', '108437', '109427', '109432'],
  },
}

/** Of the network and of gateways, the same for all. `empty` and `truncate` come with HTTP 200. */
export const TRANSPORT = transportFaults.filter((name) => name !== 'slow')

/** What a mixed cell draws from: nothing that would be the vendor's direct word about a group. */
export const MIXED = (vendor: VendorKind): readonly string[] => [
  ...FAULTS[vendor].passing.filter((name) => name !== '70050'),
  ...TRANSPORT,
]
