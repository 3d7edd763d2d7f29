/**
 * The same items, the next one made while the present one is worked on. What goes wrong in making it is thrown where it
 * would have been taken; whoever stops early waits for the one in the making.
 *
 * @example for await (const rows of ahead(readRows())) await write(rows)
 */
export async function* ahead<T>(items: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  let next = settled(items.next())
  try {
    for (;;) {
      const result = await next
      if ('error' in result) throw result.error
      if (result.taken.done === true) return
      next = settled(items.next())
      yield result.taken.value
    }
  } finally {
    await next
    await items.return()
  }
}

/** What became of some work that was begun ahead. It never rejects: it may be long until somebody looks. */
export type Settled<T> = Promise<{ readonly taken: T } | { readonly error: unknown }>

export const settled = <T>(promise: Promise<T>): Settled<T> =>
  promise.then(
    (taken) => ({ taken }),
    (error: unknown) => ({ error }),
  )
