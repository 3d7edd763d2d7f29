import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Member } from '../core/member.ts'
import { merge } from './merge.ts'
import { readRow, type Row, writeRow } from '../core/member-json.ts'

/** Rows that are sorted together, and how many of them are written and read together, sorted or as they came. */
const RUN = 10_000
const SORTED_BLOCK = 200
const BLOCK = 1000

/**
 * Rows of a walk put aside on disk: a very large group never stands whole in memory. They come back as they were added,
 * or, where the spool sorts, by account: new rows written in the order of their key take a third less of the database's
 * time, and their index is denser.
 */
export class Spool implements AsyncDisposable {
  readonly #folder: string
  readonly #file: FileHandle
  readonly #sorts: boolean
  /** The blocks of the file, one behind the other. */
  #blocks: Block[] = []
  /** The number of the block with which each sorted run begins. */
  #runs: number[] = []
  #size = 0
  #waiting: Member[] = []

  private constructor(folder: string, file: FileHandle, sorts: boolean) {
    this.#folder = folder
    this.#file = file
    this.#sorts = sorts
  }

  static async open({ sorts = false } = {}): Promise<Spool> {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-walk-'))
    return new Spool(folder, await open(join(folder, 'rows'), 'w+', 0o600), sorts)
  }

  async add(rows: readonly Member[]): Promise<void> {
    for (const row of rows) this.#waiting.push(row)
    if (this.#waiting.length >= (this.#sorts ? RUN : BLOCK)) await this.#writeRun()
  }

  /** Forgets everything: the walk has begun anew. */
  async clear(): Promise<void> {
    this.#blocks = []
    this.#runs = []
    this.#size = 0
    this.#waiting = []
    await this.#file.truncate(0)
  }

  /**
   * The rows, some at a time.
   *
   * @param marks those to give, by their number among the rows added. A spool that sorts gives them all.
   */
  async *rows(marks: Uint8Array | null = null): AsyncGenerator<readonly Member[]> {
    await this.#writeRun()
    if (!this.#sorts) return yield* this.#read(0, this.#blocks.length, marks)
    const ends = [...this.#runs.slice(1), this.#blocks.length]
    yield* merge(
      this.#runs.map((first, index) => this.#read(first, ends[index] ?? first)),
      inOrder,
    )
  }

  async #writeRun(): Promise<void> {
    if (this.#waiting.length === 0) return
    const rows = this.#waiting
    this.#waiting = []
    this.#runs.push(this.#blocks.length)
    if (!this.#sorts) return this.#write(rows)
    rows.sort((a, b) => (inOrder(a, b) ? -1 : 1))
    for (let at = 0; at < rows.length; at += SORTED_BLOCK) await this.#write(rows.slice(at, at + SORTED_BLOCK))
  }

  async #write(rows: readonly Member[]): Promise<void> {
    const block = Buffer.from(JSON.stringify(rows.map(writeRow)))
    const { bytesWritten } = await this.#file.write(block, 0, block.length, this.#size)
    if (bytesWritten !== block.length)
      throw new Error(`no room to put rows aside in ${this.#folder}: is the disk full?`)
    this.#blocks.push({ bytes: block.length, rows: rows.length })
    this.#size += block.length
  }

  async *#read(from: number, to: number, marks: Uint8Array | null = null): AsyncGenerator<readonly Member[]> {
    let at = this.#blocks.slice(0, from).reduce((sum, { bytes }) => sum + bytes, 0)
    let number = 0
    for (const { bytes, rows } of this.#blocks.slice(from, to)) {
      const wanted = marks?.subarray(number, number + rows)
      if (wanted?.includes(1) !== false) {
        const block = JSON.parse((await this.#block(at, bytes)).toString('utf8')) as Row[]
        yield (wanted === undefined ? block : block.filter((_, index) => wanted[index] === 1)).map(readRow)
      }
      number += rows
      at += bytes
    }
  }

  async #block(at: number, bytes: number): Promise<Buffer> {
    const block = Buffer.allocUnsafe(bytes)
    const { bytesRead } = await this.#file.read(block, 0, bytes, at)
    if (bytesRead !== bytes) throw new Error(`the rows put aside in ${this.#folder} are cut short`)
    return block
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

interface Block {
  readonly bytes: number
  readonly rows: number
}

/** As PostgreSQL sorts its key, but for letters outside of the basic plane: that is near enough. */
const inOrder = (a: Member, b: Member): boolean => a.accountId < b.accountId
