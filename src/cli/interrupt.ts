import { EXIT } from './exit.ts'

type Signals = Pick<NodeJS.Process, 'on' | 'off' | 'exit'>

/** The life of the process: the first Ctrl-C (or SIGTERM) ends it cleanly, the second at once. */
export function createInterrupt(process: Signals, note: (line: string) => void): Disposable & { signal: AbortSignal } {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    note('Stopping: what is in hand is finished or put back. Ctrl-C once more stops at once.')
    controller.abort(new Interrupted())
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

/** The reason of the abort: a person or the system asked for the end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  constructor() {
    super('stopped by Ctrl-C')
  }
}

/** Waits for the end of the process's life. */
export function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    // A timer keeps the process alive whatever else it holds.
    const alive = setInterval(() => {}, 2 ** 30)
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(alive)
        resolve()
      },
      { once: true },
    )
  })
}
