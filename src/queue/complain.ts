export type Complain = (error: Error) => void

const EVERY_MS = 10_000

/** Logs errors that can come by the hundred a second: each text once in ten seconds, with how often it came. */
export function createComplain(log: { warn(fields: object, message: string): void }): Complain {
  const said = new Map<string, { at: number; held: number }>()
  return (error) => {
    const text = error.message
    const now = performance.now()
    const before = said.get(text)
    if (before !== undefined && now - before.at < EVERY_MS) {
      before.held++
      return
    }
    if (said.size > 100) said.clear()
    said.set(text, { at: now, held: 0 })
    log.warn(
      { err: error, ...(before === undefined || before.held === 0 ? {} : { alsoTimes: before.held }) },
      `queue: ${text}`,
    )
  }
}
