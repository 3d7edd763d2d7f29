/** The known name a person most probably meant, or null when none is close. `nearest('secretkey', ['secretKey'])` → `secretKey`. */
export function nearest(written: string, known: readonly string[]): string | null {
  const allowed = Math.max(1, Math.floor(written.length / 3))
  let best: string | null = null
  let least = allowed + 1
  for (const name of known) {
    const distance = editDistance(plain(written), plain(name))
    if (distance < least) {
      best = name
      least = distance
    }
  }
  return best
}

/** `. Did you mean "x"?`, or the whole list where nothing is close and the list is short; else nothing. */
export function suggestion(written: string, known: readonly string[]): string {
  const name = nearest(written, known)
  if (name !== null) return `. Did you mean "${name}"?`
  return known.length > 0 && known.length <= 25 ? `. Known: ${known.join(', ')}` : ''
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_ ]/g, '')

/** Insertions, deletions and replacements that turn `a` into `b`; two swapped letters count once. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const line = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) cost = Math.min(cost, (before[column - 2] ?? 0) + 1)
      line.push(cost)
    }
    before = last
    last = line
  }
  return last[b.length] ?? 0
}
