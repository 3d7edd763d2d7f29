/** A sorted list on its way into a merge: the row that is next, those at hand behind it, and the rest. */
interface Head<T> {
  row: T
  rows: Iterator<T>
  readonly rest: AsyncIterator<readonly T[]>
}

/**
 * Sorted lists as one sorted list, some rows at a time.
 *
 * @example merge([oddRows, evenRows], (a, b) => a.no < b.no)
 */
export async function* merge<T>(
  lists: readonly AsyncIterator<readonly T[]>[],
  before: (a: T, b: T) => boolean,
  atOnce = 1000,
): AsyncGenerator<T[], void> {
  const heads: Head<T>[] = []
  for (const rest of lists) {
    const head = await begin(rest)
    if (head !== null) enter(heads, head, before)
  }
  let merged: T[] = []
  for (let head = heads.shift(); head !== undefined; head = heads.shift()) {
    merged.push(head.row)
    if (step(head) || (await refill(head))) enter(heads, head, before)
    if (merged.length < atOnce) continue
    yield merged
    merged = []
  }
  if (merged.length > 0) yield merged
}

async function begin<T>(rest: AsyncIterator<readonly T[]>): Promise<Head<T> | null> {
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    const rows = next.value.values()
    const first = rows.next()
    if (first.done !== true) return { row: first.value, rows, rest }
  }
  return null
}

/** Moves on to the next row at hand; false where there is none. */
function step<T>(head: Head<T>): boolean {
  const { done, value } = head.rows.next()
  if (done === true) return false
  head.row = value
  return true
}

/** Moves on to the next row of the rest; false at the end of the list. */
async function refill<T>(head: Head<T>): Promise<boolean> {
  const next = await begin(head.rest)
  if (next === null) return false
  head.row = next.row
  head.rows = next.rows
  return true
}

/** Puts a head where it belongs among those in order. */
function enter<T>(heads: Head<T>[], head: Head<T>, before: (a: T, b: T) => boolean): void {
  let low = 0
  let high = heads.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = heads[middle]
    if (other !== undefined && before(other.row, head.row)) low = middle + 1
    else high = middle
  }
  heads.splice(low, 0, head)
}
