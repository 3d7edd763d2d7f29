import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Member } from '../core/member.ts'
import { readMember, type WrittenMember, writeMember } from '../core/member-json.ts'

const WRITE_BYTES = 512 * 1024

/** Rows of a walk put aside on disk in the order in which they came: a very large group never stands whole in memory. */
export class Spool implements AsyncDisposable {
  readonly #folder: string
  readonly #file: FileHandle
  #waiting = ''

  private constructor(folder: string, file: FileHandle) {
    this.#folder = folder
    this.#file = file
  }

  static async open(): Promise<Spool> {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-walk-'))
    return new Spool(folder, await open(join(folder, 'rows'), 'w+', 0o600))
  }

  async add(rows: readonly Member[]): Promise<void> {
    if (rows.length === 0) return
    this.#waiting += `${JSON.stringify(rows.map(writeMember))}\n`
    if (this.#waiting.length > WRITE_BYTES) await this.#flush()
  }

  /** Forgets everything: the walk has begun anew. */
  async clear(): Promise<void> {
    this.#waiting = ''
    await this.#file.truncate(0)
  }

  /** The rows as they were added, some at a time. */
  async *rows(): AsyncGenerator<readonly Member[]> {
    await this.#flush()
    for await (const line of this.#file.readLines({ start: 0, autoClose: false })) {
      yield (JSON.parse(line) as WrittenMember[]).map(readMember)
    }
  }

  async #flush(): Promise<void> {
    if (this.#waiting === '') return
    const text = this.#waiting
    this.#waiting = ''
    // Always behind what is there already, wherever a reader has been.
    const { size } = await this.#file.stat()
    await this.#file.write(text, size)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
