import { accountPrint, type MemberPrint, memberPrint, type Print, type RollPrint } from './fingerprint.ts'
import type { Member } from './member.ts'

/** Whom a walk has met so far. */
export interface Roster {
  readonly size: number
  has(accountId: string): boolean
  /** Of an account that comes twice, the later row counts. */
  add(member: Member): void
  /** Whether the same accounts are in both. */
  isLike(other: Roster): boolean
  /** One of the same kind, with nobody in it. */
  fresh(): Roster
}

/** The rows themselves: for all but very large groups. */
export class RowRoster implements Roster {
  readonly rows = new Map<string, Member>()

  get size(): number {
    return this.rows.size
  }
  has(accountId: string): boolean {
    return this.rows.has(accountId)
  }
  add(member: Member): void {
    this.rows.set(member.accountId, member)
  }
  isLike(other: Roster): boolean {
    return other.size === this.size && [...this.rows.keys()].every((accountId) => other.has(accountId))
  }
  fresh(): RowRoster {
    return new RowRoster()
  }
}

/** What comparing with the stored roll has shown of an entry. */
const NEW = 0
const SAME = 1
const DIFFERS = 2
const DONE = 3

/** Account, row and live fingerprints, and the number of the row among those added. */
const WORDS = 6

/**
 * Fingerprints alone, of the accounts and of their rows: 25 bytes an entry where a row has hundreds. Two accounts with
 * the same 64-bit fingerprint would count as one, and the vendor's count would then refuse the read as incomplete.
 */
export class PrintRoster implements Roster {
  #only: { readonly mask: number; readonly buckets: ReadonlySet<number> } | null = null
  #size = 0
  #added = 0
  #capacity: number
  #words: Int32Array
  /** 0 for a free place, else 1 + what is known of the entry. */
  #state: Uint8Array
  #hi = 0
  #lo = 0
  #live = 0
  /** Sum of the accounts' fingerprints: the same accounts, the same sum. */
  #accounts: Print = { hi: 0, lo: 0 }

  constructor(expected: number) {
    this.#capacity = Math.max(64, Math.ceil(expected * 1.4))
    this.#words = new Int32Array(this.#capacity * WORDS)
    this.#state = new Uint8Array(this.#capacity)
  }

  get size(): number {
    return this.#size
  }
  get sum(): RollPrint {
    return { hi: this.#hi, lo: this.#lo, live: this.#live, rows: this.#size }
  }

  has(accountId: string): boolean {
    const { hi, lo } = accountPrint(accountId)
    return (this.#state[this.#place(hi, lo)] ?? 0) > 0
  }

  add(member: Member): void {
    const { hi, lo } = accountPrint(member.accountId)
    const place = this.#place(hi, lo)
    const at = place * WORDS
    const words = this.#words
    if (this.#state[place] === 0) {
      this.#size++
      this.#state[place] = 1 + NEW
      words[at] = hi
      words[at + 1] = lo
      this.#accounts = sum(this.#accounts, { hi, lo })
    } else {
      this.#sum({ hi: words[at + 2] ?? 0, lo: words[at + 3] ?? 0, live: words[at + 4] ?? 0 }, -1)
    }
    const print = memberPrint(member)
    words[at + 2] = print.hi
    words[at + 3] = print.lo
    words[at + 4] = print.live
    words[at + 5] = this.#added++
    this.#sum(print, 1)
    if (this.#size * 1.25 > this.#capacity) this.#grow()
  }

  isLike(other: Roster): boolean {
    if (!(other instanceof PrintRoster)) return other.isLike(this)
    if (other.size !== this.#size) return false
    return other.#accounts.hi === this.#accounts.hi && other.#accounts.lo === this.#accounts.lo
  }

  fresh(): PrintRoster {
    return new PrintRoster(this.#size)
  }

  /** The fingerprints of all rows, in no order. */
  *prints(): Generator<MemberPrint> {
    const words = this.#words
    for (const [place, state] of this.#state.entries()) {
      const at = place * WORDS
      if (state !== 0) yield { hi: words[at + 2] ?? 0, lo: words[at + 3] ?? 0, live: words[at + 4] ?? 0 }
    }
  }

  /** Only rows of these buckets are dealt with: the others are stored as they are. */
  limitTo(only: { readonly mask: number; readonly buckets: ReadonlySet<number> }): void {
    this.#only = only
  }

  /** Compares a stored row with what was met of its account, and remembers the answer for `takes`. */
  meet(accountId: string, stored: MemberPrint): 'absent' | 'same' | 'differs' {
    const { hi, lo } = accountPrint(accountId)
    const place = this.#place(hi, lo)
    if (this.#state[place] === 0) return 'absent'
    const same = this.#equals(place, stored)
    this.#state[place] = 1 + (same ? SAME : DIFFERS)
    return same ? 'same' : 'differs'
  }

  /** Marks those of the rows added that are to be dealt with: the last of their account, and not stored as they are. */
  wanted(): { readonly marks: Uint8Array; readonly rows: number } {
    const marks = new Uint8Array(this.#added)
    let rows = 0
    for (let place = 0; place < this.#capacity; place++) {
      if (!this.#isWanted(place)) continue
      marks[this.#words[place * WORDS + 5] ?? 0] = 1
      rows++
    }
    return { marks, rows }
  }

  /** Whether this row is to be dealt with, and was not taken before. */
  takes(member: Member, print: MemberPrint): boolean {
    const { hi, lo } = accountPrint(member.accountId)
    const place = this.#place(hi, lo)
    if (!this.#isWanted(place) || !this.#equals(place, print)) return false
    this.#state[place] = 1 + DONE
    return true
  }

  #isWanted(place: number): boolean {
    const state = this.#state[place]
    if (state !== 1 + NEW && state !== 1 + DIFFERS) return false
    return this.#only === null || this.#only.buckets.has((this.#words[place * WORDS + 3] ?? 0) & this.#only.mask)
  }

  #equals(place: number, { hi, lo, live }: MemberPrint): boolean {
    const at = place * WORDS
    return this.#words[at + 2] === hi && this.#words[at + 3] === lo && this.#words[at + 4] === live
  }

  /** The place of an account, or the free one where it would go. */
  #place(hi: number, lo: number): number {
    const words = this.#words
    const state = this.#state
    let place = Math.floor(((lo >>> 0) / 2 ** 32) * this.#capacity)
    while (state[place] !== 0 && (words[place * WORDS] !== hi || words[place * WORDS + 1] !== lo)) {
      place = place + 1 === this.#capacity ? 0 : place + 1
    }
    return place
  }

  #sum(print: MemberPrint, sign: 1 | -1): void {
    const { hi, lo } = sum({ hi: this.#hi, lo: this.#lo }, print, sign)
    this.#hi = hi
    this.#lo = lo
    this.#live = (this.#live + sign * print.live) | 0
  }

  #grow(): void {
    const [words, state] = [this.#words, this.#state]
    this.#capacity *= 2
    this.#words = new Int32Array(this.#capacity * WORDS)
    this.#state = new Uint8Array(this.#capacity)
    for (const [from, kept] of state.entries()) {
      if (kept === 0) continue
      const entry = words.subarray(from * WORDS, from * WORDS + WORDS)
      const place = this.#place(entry[0] ?? 0, entry[1] ?? 0)
      this.#words.set(entry, place * WORDS)
      this.#state[place] = kept
    }
  }
}

function sum(a: Print, b: Print, sign: 1 | -1 = 1): Print {
  const lo = (a.lo >>> 0) + sign * (b.lo >>> 0)
  return { hi: (a.hi + sign * b.hi + Math.floor(lo / 2 ** 32)) | 0, lo: lo | 0 }
}
