interface Field {
  readonly name: string
  readonly least: number
  readonly most: number
  readonly names?: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'day of the week', least: 0, most: 7, names: DAYS },
]
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const NICKNAMES = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
])
const HINT = '"0 */6 * * *" means every six hours'

/** A cron line as sets of what matches. */
export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>
  /** Both days and weekdays are named: either is enough. */
  readonly either: boolean
}

/** What is wrong with a cron line of five fields, or null. `cronFault('61 * * * *')` names the minute. */
export function cronFault(line: string): string | null {
  const read = readCron(line)
  return typeof read === 'string' ? read : null
}

/** A cron line of five fields or one of the short forms; a text says what is wrong with it. */
export function readCron(line: string): Cron | string {
  const written = line.trim().toLowerCase()
  const text = NICKNAMES.get(written) ?? written
  if (text.startsWith('@')) return `is not a schedule; the short forms are ${[...NICKNAMES.keys()].join(', ')}`
  const parts = text.split(/\s+/)
  if (parts.length !== FIELDS.length) {
    const seconds = parts.length === 6 ? '; leave out the seconds' : ''
    return `must have five fields (minute, hour, day of the month, month, day of the week)${seconds}: ${HINT}`
  }
  const sets: Set<number>[] = []
  for (const [index, field] of FIELDS.entries()) {
    const set = new Set<number>()
    for (const item of (parts[index] ?? '').split(',')) {
      const fault = addItem(item, field, set)
      if (fault !== null) return `has a wrong ${field.name} "${parts[index] ?? ''}": ${fault}; ${HINT}`
    }
    sets.push(set)
  }
  const [minutes, hours, days, months, weekdays] = sets
  if (!minutes || !hours || !days || !months || !weekdays) return 'must have five fields'
  const any = (index: number): boolean => /^[*?]/.test(parts[index] ?? '')
  const possible = [...months].some((month) => [...days].some((day) => day <= (LONGEST[month - 1] ?? 0)))
  if (!possible && any(4)) return 'names a day that no such month has, so it would never run'
  if (weekdays.has(7)) weekdays.add(0)
  const inOrder = (set: ReadonlySet<number>): number[] => [...set].toSorted((a, b) => a - b)
  return { minutes: inOrder(minutes), hours: inOrder(hours), days, months, weekdays, either: !any(2) && !any(4) }
}

/** One item of a field's list (`5`, `1-5`, `*\/15`, `mon-fri`, `10/5`), added to `set`; returns what is wrong, or null. */
function addItem(item: string, field: Field, set: Set<number>): string | null {
  const [range = '', step, ...more] = item.split('/')
  if (more.length > 0) return `"${item}" has more than one "/"`
  if (step !== undefined && !(/^\d+$/.test(step) && Number(step) >= 1)) return `the step "${step}" is no number above 0`
  const every = range === '*' || (range === '?' && field.least !== 0) || (range === '?' && field.names === DAYS)
  const [from, to] = every ? [field.least, field.most] : ends(range, field, step !== undefined)
  if (from === null || to === null) {
    const names = field.names === undefined ? '' : ` or ${field.names.join(', ')}`
    return `"${range}" is not within ${field.least} to ${field.most}${names}`
  }
  if (from > to) return `"${range}" runs backwards`
  for (let value = from; value <= to; value += Number(step ?? 1)) set.add(value)
  return null
}

/** First and last value of `a`, `a-b`; `a` with a step runs to the end of the field. Null where it is no value. */
function ends(range: string, field: Field, stepped: boolean): [number | null, number | null] {
  const [first = '', last, ...more] = range.split('-')
  if (more.length > 0) return [null, null]
  const from = value(first, field)
  if (last !== undefined) return [from, value(last, field)]
  return [from, stepped ? field.most : from]
}

function value(text: string, field: Field): number | null {
  const named = field.names?.indexOf(text) ?? -1
  if (named >= 0) return named + field.least
  if (!/^\d{1,2}$/.test(text)) return null
  const number = Number(text)
  return number >= field.least && number <= field.most ? number : null
}
