import type { Random } from './random.ts'

/** `tencent`: `@TGS#…` and accounts of any case. `digits`: numbers as Easemob and Yunxin give out, accounts in lower case. */
export type IdStyle = 'tencent' | 'digits'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const FIRST = [
  'amber',
  'bruno',
  'chen',
  'dara',
  'emil',
  'fatima',
  'goran',
  'hana',
  'ines',
  'jun',
  'kofi',
  'lena',
  'mei',
]
const TEAM = [
  'Sales',
  'Support',
  'Class 7b',
  'Neighbours',
  'Book club',
  'Release',
  '跑步群',
  'Family',
  'Traders',
  'Ops',
]

/** Names that break what is careless: markup, quotes, SQL, signs outside the BMP, right-to-left text, line ends. */
export const hostileNames = [
  '<b>bold</b><script>alert(1)</script>',
  `O'Brien "the \\ fox"`,
  "'); DROP TABLE x;--",
  '👩‍👩‍👧‍👦 family',
  'שלום \u202eabc',
  'مرحبا بالعالم',
  'two\nlines\tand a tab',
  ' spaces around ',
  'null',
  '{"json":true}',
  '=HYPERLINK("x")',
] as const

const letters = (random: Random, length: number) => Array.from({ length }, () => BASE32[random.int(32)]).join('')

export function groupId(random: Random, style: IdStyle, type: string): string {
  if (style === 'digits') return digits(random.int(2 ** 46))
  return type === 'Community' ? `@TGS#_@TGS#c${letters(random, 10)}` : `@TGS#2${letters(random, 10)}`
}

/** Fifteen digits, and for one in four eighteen that no JavaScript number can hold. */
export function digits(draw: number): string {
  // The draw's own low bits may always be 0; they are no coin.
  const long = Math.floor(draw / 16384) % 4 === 0
  return long ? String(100_000_000_000_000_001n + BigInt(draw) * 9998n) : String(100_000_000_000_000 + draw)
}

export function accountId(random: Random, style: IdStyle, number: number): string {
  const name = `${random.pick(FIRST)}_${number}`
  if (style === 'digits') return name
  if (number % 97 === 13) return `${name} o'n/e%20`
  return number % 5 === 1 ? name.toUpperCase() : name
}

export const groupName = (random: Random): string =>
  random.chance(0.05) ? random.pick(hostileNames) : `${random.pick(TEAM)} ${random.int(1000)}`

/** Mostly none. */
export function nameCard(random: Random): string {
  if (random.chance(0.6)) return ''
  return random.chance(0.05) ? random.pick(hostileNames) : `${random.pick(FIRST)} ${random.int(100)}`
}
