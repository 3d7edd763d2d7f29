import { canonicalObject } from '../core/canonical.ts'
import type { JsonObject, Millis } from '../core/member.ts'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const FULL = 64 * 1024
const SHORT = 48
/** 2000-01-01 UTC in ms since 1970: where PostgreSQL's own clock begins. */
const EPOCH = 946_684_800_000
const WORD = 2 ** 32

/** Rows in PostgreSQL's binary COPY format, which neither side has to print or to parse. */
export class CopyBuffer {
  #bytes = Buffer.allocUnsafe(2 * FULL)
  #at = SIGNATURE.copy(this.#bytes)

  get isFull(): boolean {
    return this.#at >= FULL
  }

  /** What has been written since the last call. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#at)
    this.#bytes = Buffer.allocUnsafe(2 * FULL)
    this.#at = 0
    return taken
  }

  end(): Buffer {
    this.#need(2)
    this.#at = this.#bytes.writeInt16BE(-1, this.#at)
    return this.take()
  }

  row(columns: number): void {
    this.#need(2 + columns * 12)
    this.#at = this.#bytes.writeInt16BE(columns, this.#at)
  }

  int4(value: number): void {
    this.#need(8)
    this.#int4(4)
    this.#int4(value)
  }

  /** The halves of a bigint. */
  int8(hi: number, lo: number): void {
    this.#need(12)
    this.#int4(8)
    this.#int4(hi)
    this.#int4(lo)
  }

  /** A timestamptz; null for none, `Infinity` for ever. */
  time(time: Millis | null | undefined): void {
    this.#need(12)
    if (time === null || time === undefined) return this.#int4(-1)
    this.#int4(8)
    if (time === Number.POSITIVE_INFINITY) {
      this.#int4(0x7fff_ffff)
      return this.#int4(-1)
    }
    const micros = (time - EPOCH) * 1000
    const hi = Math.floor(micros / WORD)
    this.#int4(hi)
    this.#int4((micros - hi * WORD) | 0)
  }

  text(text: string | null): void {
    if (text === null) return this.#null()
    this.#need(4 + text.length * 3)
    const from = this.#at + 4
    const written = this.#put(text, from)
    this.#int4(written)
    this.#at = from + written
  }

  /** A jsonb: its text behind the number of the format's version. */
  json(value: JsonObject | null): void {
    if (value === null) return this.#null()
    const text = canonicalObject(value)
    this.#need(5 + text.length * 3)
    const from = this.#at + 5
    const written = this.#put(text, from)
    this.#int4(written + 1)
    this.#bytes[this.#at] = 1
    this.#at = from + written
  }

  /** Returns the bytes of UTF-8 written. Short plain texts are copied here: a call into Node costs more than they do. */
  #put(text: string, at: number): number {
    const bytes = this.#bytes
    if (text.length > SHORT) return bytes.write(text, at)
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      if (unit > 127) return bytes.write(text, at)
      bytes[at + index] = unit
    }
    return text.length
  }

  #null(): void {
    this.#need(4)
    this.#int4(-1)
  }

  #int4(value: number): void {
    const bytes = this.#bytes
    const at = this.#at
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
    this.#at = at + 4
  }

  #need(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.#at + bytes))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}
