/** 1: advanced team (高级群). 2: super team (超大群). Nearly every call has to say which. */
export type TeamType = 1 | 2

/** How the vendor knows a team: both types may share one id (nothing says that they may not, Y3). */
export interface Team {
  readonly type: TeamType
  /** 1 to 19 digits. */
  readonly tid: string
}

export const TYPE_NAMES = { 1: 'advanced', 2: 'super' } as const satisfies Record<TeamType, string>

const DIGITS = /^(0|[1-9]\d{0,18})$/
const SUPER = 'super/'

/** The digits of a team id that came as a number or as text; null for anything else, and for a number that lost digits. */
export function tidOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null
  return typeof value === 'string' && DIGITS.test(value) ? value : null
}

/** The digits that a group id stands for, `17889` or `super/17889`; null when it can be no team's id. */
export function tidOfGroup(groupId: string): string | null {
  return tidOf(hasPrefix(groupId) ? groupId.slice(SUPER.length) : groupId)
}

/** True for the id of a super team that shares its digits with an advanced team. */
export function hasPrefix(groupId: string): boolean {
  return groupId.startsWith(SUPER)
}

/** The id of the super team `tid`, where an advanced team has the digits alone. */
export function prefixed(tid: string): string {
  return SUPER + tid
}

/** The type behind its name in the normal form, as hints and stored groups carry it. */
export function typeNamed(name: string | null | undefined): TeamType | null {
  if (name === TYPE_NAMES[1]) return 1
  return name === TYPE_NAMES[2] ? 2 : null
}
