import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Member } from '../core/member.ts'
import { merge } from './merge.ts'
import { readMember, type WrittenMember, writeMember } from '../core/member-json.ts'

/** Rows that are sorted together, and how many of them are written and read together. */
const RUN = 10_000
const BLOCK = 200

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
    if (!this.#sorts) return this.#write(rows)
    this.#waiting.push(...rows)
    if (this.#waiting.length >= RUN) await this.#writeRun()
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
   * @param marks those to give, by their number among the rows added: most of a roll in which little changed need not be
   *   parsed. A spool that sorts gives them all.
   */
  async *rows(marks: Uint8Array | null = null): AsyncGenerator<readonly Member[]> {
    if (!this.#sorts) return yield* this.#read(0, this.#blocks.length, marks)
    await this.#writeRun()
    const ends = [...this.#runs.slice(1), this.#blocks.length]
    yield* merge(
      this.#runs.map((first, index) => this.#read(first, ends[index] ?? first)),
      inOrder,
    )
  }

  async #writeRun(): Promise<void> {
    if (this.#waiting.length === 0) return
    const rows = this.#waiting.sort((a, b) => (inOrder(a, b) ? -1 : 1))
    this.#waiting = []
    this.#runs.push(this.#blocks.length)
    for (let at = 0; at < rows.length; at += BLOCK) await this.#write(rows.slice(at, at + BLOCK))
  }

  async #write(rows: readonly Member[]): Promise<void> {
    if (rows.length === 0) return
    const block = Buffer.from(`[${rows.map((row) => JSON.stringify(writeMember(row))).join(BETWEEN)}]`)
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
      if (wanted === undefined) yield parsed((await this.#block(at, bytes)).toString('utf8'))
      else if (wanted.includes(1)) yield parsed(pick(await this.#block(at, bytes), wanted))
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

/** A block is a JSON array with each row on a line of its own, so that one row can be had without parsing the others. */
interface Block {
  readonly bytes: number
  readonly rows: number
}
const BETWEEN = ',\n'
const LINE_END = 10

const parsed = (block: string): Member[] => (JSON.parse(block) as WrittenMember[]).map(readMember)

/** The marked rows of a block, as a block. */
function pick(block: Buffer, marks: Uint8Array): string {
  const rows: string[] = []
  let start = 1
  for (const mark of marks) {
    const next = block.indexOf(LINE_END, start)
    const end = next < 0 ? block.length - 1 : next - 1
    if (mark === 1) rows.push(block.toString('utf8', start, end))
    start = end + BETWEEN.length
  }
  return `[${rows.join(BETWEEN)}]`
}

/** As PostgreSQL sorts its key, but for letters outside of the basic plane: that is near enough. */
const inOrder = (a: Member, b: Member): boolean => a.accountId < b.accountId
