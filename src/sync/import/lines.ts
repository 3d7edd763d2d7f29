import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { UsageError } from '../../core/errors.ts'

export interface Line {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** SHA-256 of a file, in hex. Throws UsageError where it cannot be read. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new UsageError(`the file ${path} cannot be read (${code}): check its name and its owner`, { cause: error })
  }
  return hash.digest('hex')
}

/** The lines of a UTF-8 file, gzipped or not, one at a time. */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  let line = 0
  try {
    for await (const chunk of await bytesOf(path)) {
      const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      for (const text of parts) yield { line: (line += 1), text: text.endsWith('\r') ? text.slice(0, -1) : text }
    }
    rest += decoder.decode()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const what = error instanceof TypeError ? 'is not UTF-8: save it as such' : 'cannot be unpacked: it is not whole'
    if (!(error instanceof TypeError) && !('code' in error && String(error.code).startsWith('Z_'))) throw error
    throw new UsageError(`${basename(path)}, behind line ${line}, ${what}`, { cause: error })
  }
  if (rest !== '') yield { line: line + 1, text: rest }
}

async function bytesOf(path: string): Promise<AsyncIterable<unknown>> {
  const file = await open(path)
  const head = Buffer.alloc(2)
  await file.read(head, 0, 2, 0)
  await file.close()
  const packed = head[0] === 0x1f && head[1] === 0x8b
  // Whoever reads hears of a failure: it ends the stream.
  return packed ? pipeline(createReadStream(path), createGunzip(), () => {}) : createReadStream(path)
}
