import type { Writable } from 'node:stream'
import { createScrubber } from '../log.ts'

/** Where a verb prints: its result on `out`, everything else for people on `err`. */
export interface Io {
  /** Writes a text, waits where the reader is slow. False: nobody reads any more (`| head`), so stop. */
  out(text: string): Promise<boolean>
  /** A line for people. */
  err(line: string): void
  /** A line for people, free of secrets. */
  scrub(text: string): string
  /** From now on these texts are scrubbed as well. */
  hide(secrets: readonly string[]): void
  readonly stderr: Stream
  /** Of stdout. */
  readonly width: number
  readonly color: boolean
}

type Stream = Writable & { isTTY?: boolean; columns?: number; hasColors?: () => boolean }

/** Every line for people is scrubbed, so that no message can carry a secret. */
export function createIo(stdout: Stream, stderr: Stream): Io {
  let gone = false
  let scrub = createScrubber()
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
    gone = true
  })
  stderr.on('error', () => {
    // Nobody reads the notes. The work goes on, and its exit code tells how it went.
  })
  return {
    out: (text) =>
      new Promise((resolve) => {
        if (gone) return resolve(false)
        stdout.write(text, (error) => resolve(!error && !gone))
      }),
    scrub: (text) => scrub(text),
    hide(secrets) {
      scrub = createScrubber(secrets)
    },
    err: (line) => void stderr.write(`${scrub(line)}\n`),
    stderr,
    width: Math.max(40, Math.min(stdout.columns || 100, 160)),
    color: stdout.isTTY === true && stdout.hasColors?.() !== false,
  }
}
