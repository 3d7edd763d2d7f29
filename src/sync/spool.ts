import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Member } from '../core/member.ts'
import { readMember, type WrittenMember, writeMember } from '../core/member-json.ts'

/** Rows of a walk put aside on disk in the order in which they came: a very large group never stands whole in memory. */
export class Spool implements AsyncDisposable {
  readonly #folder: string
  readonly #file: FileHandle
  /** Bytes of what each `add` has put into the file, one behind the other. */
  #blocks: number[] = []
  #size = 0

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
    const block = Buffer.from(JSON.stringify(rows.map(writeMember)))
    const { bytesWritten } = await this.#file.write(block, 0, block.length, this.#size)
    if (bytesWritten !== block.length)
      throw new Error(`no room to put rows aside in ${this.#folder}: is the disk full?`)
    this.#blocks.push(block.length)
    this.#size += block.length
  }

  /** Forgets everything: the walk has begun anew. */
  async clear(): Promise<void> {
    this.#blocks = []
    this.#size = 0
    await this.#file.truncate(0)
  }

  /** The rows as they were added, as many at a time. */
  async *rows(): AsyncGenerator<readonly Member[]> {
    let at = 0
    for (const bytes of this.#blocks) {
      const block = Buffer.allocUnsafe(bytes)
      const { bytesRead } = await this.#file.read(block, 0, bytes, at)
      if (bytesRead !== bytes) throw new Error(`the rows put aside in ${this.#folder} are cut short`)
      at += bytes
      yield (JSON.parse(block.toString('utf8')) as WrittenMember[]).map(readMember)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
