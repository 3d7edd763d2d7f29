import type { Pool } from 'pg'
import { accountsFor, changed, heavyTailed, type Roll, rollOf } from './data.ts'
import type { Section } from './figures.ts'
import { copyRows, rendered } from './peers/copy.ts'
import { createPrisma } from './peers/prisma.ts'
import { rowsOf } from './peers/rows.ts'
import { addVersioning, upsertRows } from './peers/upsert.ts'
import { median, type Stage, timed, walOf } from './stage.ts'
import { openBook } from './store.ts'

export interface StoreRatios {
  readonly total: number
  readonly load: number
  readonly same: number
  readonly changed: number
}

export const rollsOf = (total: number): Roll[] => {
  const accounts = accountsFor(total)
  return heavyTailed(total).map((size, number) => rollOf(number, size, accounts))
}

/** Targets 1, 2, 3 and 8: the store alone, from fingerprinted readings to rows. */
export async function measureStore(
  stage: Stage,
  total: number,
  rounds: number,
  { closed = true } = {},
): Promise<{ section: Section; ratios: StoreRatios }> {
  const rolls = rollsOf(total)
  const accounts = accountsFor(total)
  const copies: number[] = []
  const loads: number[] = []
  const sames: number[] = []
  const ones: number[] = []
  const wals: number[] = []
  const rewritten: number[] = []
  const accuracy: number[] = []
  let sizes = { current: 0, closed: 0 }
  const next = changed(rolls, accounts, 1)
  for (let round = 0; round < rounds; round++) {
    const limit = await stage.database()
    const chunks = rendered(rolls)
    await limit.query('CHECKPOINT')
    copies.push(await timed(() => copyRows(limit, chunks)))
    await stage.drop(limit)

    const pool = await stage.database()
    const book = await openBook(pool)
    await pool.query('CHECKPOINT')
    loads.push((await book.sync(rolls)).seconds)
    sizes = { ...sizes, current: await bytesOf(pool, 'member') }
    await pool.query('VACUUM ANALYZE')
    await pool.query('CHECKPOINT')
    await book.sync(rolls) // the first write after a checkpoint logs whole pages, once
    const before = await mark(pool)
    wals.push((await walOf(pool, async () => sames.push((await book.sync(rolls)).seconds))) / total)
    rewritten.push(await written(pool, before))
    const start = await mark(pool)
    ones.push((await book.sync(next.rolls)).seconds)
    accuracy.push((await written(pool, start)) / next.changes)
    if (closed && round === rounds - 1)
      sizes = { ...sizes, closed: await bytesOfClosed(pool, book, next.rolls, accounts) }
    await book[Symbol.asyncDispose]()
    await stage.drop(pool)
  }
  const of = (values: readonly number[], other: readonly number[]) =>
    median(values.map((value, round) => (other[round] ?? 0) / value))
  const ratios = { total, load: of(loads, copies), same: of(sames, loads), changed: of(ones, loads) }
  const rate = (seconds: readonly number[]) => total / median(seconds)
  return {
    ratios,
    section: {
      title: `Store, ${total.toLocaleString('en')} memberships in ${rolls.length.toLocaleString('en')} heavy-tailed groups, median of ${rounds}`,
      figures: [
        { name: 'COPY of the same rows, arrival order, same indexes', value: rate(copies), unit: 'rows/s' },
        { name: '1 first load', value: rate(loads), unit: 'rows/s' },
        { name: '1 first load ÷ COPY', value: ratios.load, unit: '×', atLeast: 1 },
        { name: '2 unchanged resync', value: rate(sames), unit: 'rows/s' },
        { name: '2 unchanged ÷ first load', value: ratios.same, unit: '×', atLeast: 12 },
        { name: '2 membership rows written by it', value: median(rewritten), unit: '', digits: 0, atMost: 0 },
        { name: '2 WAL per unchanged membership', value: median(wals), unit: 'B', atMost: 2 },
        { name: '3 resync with 1 % changed', value: rate(ones), unit: 'rows/s' },
        { name: '3 1 % changed ÷ first load', value: ratios.changed, unit: '×', atLeast: 2 },
        { name: '3 rows written ÷ changes', value: median(accuracy), unit: '×', atMost: 1.05 },
        { name: '8 storage per current membership', value: sizes.current, unit: 'B', digits: 0, atMost: 180 },
        ...(closed
          ? [{ name: '8 storage per closed stay', value: sizes.closed, unit: 'B', digits: 0, atMost: 150 }]
          : []),
      ],
    },
  }
}

/** Bytes a row of a table, its indexes included. */
async function bytesOf(pool: Pool, name: string): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT (pg_total_relation_size('rollcall.${name}')::float8 / greatest(1, (SELECT count(*) FROM rollcall.${name})))::text AS bytes`,
  )
  return Number(rows[0]?.bytes)
}

/** A table of few rows is mostly the pages it begins with: six more syncs close enough stays to tell. */
async function bytesOfClosed(
  pool: Pool,
  book: Awaited<ReturnType<typeof openBook>>,
  rolls: readonly Roll[],
  accounts: number,
): Promise<number> {
  let now = { rolls: [...rolls], changes: 0 }
  for (let round = 2; round < 8; round++) {
    now = changed(now.rolls, accounts, round)
    await book.sync(now.rolls)
  }
  return bytesOf(pool, 'stay')
}

/** The transaction from which on rows are counted as written. */
async function mark(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
  return rows[0]?.id ?? '0'
}

/** Membership rows inserted, rewritten or ended since. A stay that closed is a row that went. */
async function written(pool: Pool, since: string): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(
    `SELECT ((SELECT count(*) FROM rollcall.member WHERE xmin::text::bigint > $1::bigint)
       + (SELECT count(*) FROM rollcall.stay WHERE xmin::text::bigint > $1::bigint))::text AS n`,
    [since],
  )
  return Number(rows[0]?.n)
}

/** The ways in which such tables are usually filled, side by side with ours on the same rows. */
export async function measurePeers(stage: Stage, small: number, middle: number, rounds: number): Promise<Section> {
  const times = new Map<string, number[]>()
  const ours = new Map<number, number[]>()
  const note = (name: string, seconds: number) => times.set(name, [...(times.get(name) ?? []), seconds])
  async function own(total: number, rolls: readonly Roll[]) {
    const pool = await stage.database()
    const book = await openBook(pool)
    ours.set(total, [...(ours.get(total) ?? []), (await book.sync(rolls)).seconds])
    await book[Symbol.asyncDispose]()
    await stage.drop(pool)
  }
  const [few, more] = [rollsOf(small), rollsOf(middle)]
  for (let round = 0; round < rounds; round++) {
    await own(small, few)
    const first = await stage.database()
    const one = createPrisma(first)
    note('Prisma upsert per row under p-limit, load', await timed(() => one.upsertEach(rowsOf(few))))
    note('Prisma upsert per row under p-limit, unchanged', await timed(() => one.upsertEach(rowsOf(few))))
    await first.query('TRUNCATE rollcall.member')
    note('Prisma createMany, load', await timed(() => one.createMany(rowsOf(few))))
    await one[Symbol.asyncDispose]()
    await stage.drop(first)

    await own(middle, more)
    const second = await stage.database()
    note('multi-row ON CONFLICT upsert, load', await timed(() => upsertRows(second, rowsOf(more))))
    note('multi-row ON CONFLICT upsert, unchanged', await timed(() => upsertRows(second, rowsOf(more))))
    await stage.drop(second)
    const third = await stage.database()
    await addVersioning(third)
    note('the same with a versioning trigger, load', await timed(() => upsertRows(third, rowsOf(more))))
    note('the same with a versioning trigger, unchanged', await timed(() => upsertRows(third, rowsOf(more))))
    await stage.drop(third)
  }
  const sizeOf = (name: string) => (name.startsWith('Prisma') ? small : middle)
  const loadOf = (name: string) => median(ours.get(sizeOf(name)) ?? [])
  return {
    title: `Peers, ${small.toLocaleString('en')} rows (Prisma) and ${middle.toLocaleString('en')} rows, median of ${rounds}`,
    figures: [
      ...[...times].map(([name, seconds]) => ({
        name,
        value: sizeOf(name) / median(seconds),
        unit: 'rows/s',
        note: `our first load of these rows is ${(median(seconds) / loadOf(name)).toFixed(1)} × as fast`,
      })),
      {
        name: '1 our first load ÷ Prisma upsert loop',
        value: median(times.get('Prisma upsert per row under p-limit, load') ?? []) / median(ours.get(small) ?? []),
        unit: '×',
        digits: 1,
        atLeast: 50,
      },
    ],
  }
}
