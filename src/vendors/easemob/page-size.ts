import { VendorError } from '../../core/errors.ts'

/** How many rows to ask for where the documents of different years allow different numbers. Lives as long as the adapter. */
export interface PageSize {
  /** Rows to ask for now. */
  current(): number
  /** Asks for at most `wish` rows; a server that refuses the number is asked for the smaller one from then on. */
  within<T>(wish: number, ask: (size: number) => Promise<T>): Promise<T>
}

/** @param sure what the documents of every year allow */
export function createPageSize(wanted: number, sure: number): PageSize {
  let most = wanted
  return {
    current: () => most,
    async within(wish, ask) {
      const size = Math.min(wish, most)
      try {
        return await ask(size)
      } catch (error) {
        const refused = error instanceof VendorError && TOO_MANY.has(error.code)
        if (!refused || size <= sure) throw error
        most = sure
        return ask(sure)
      }
    },
  }
}

/** The words of a vendor that does not like a parameter (E4), or its status alone. */
const TOO_MANY: ReadonlySet<string> = new Set(['illegal_argument', 'invalid_parameter', 'HTTP 400'])
