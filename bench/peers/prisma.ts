import { PrismaPg } from '@prisma/adapter-pg'
import pLimit from 'p-limit'
import type { Pool } from 'pg'
import { type Prisma, PrismaClient } from '../../src/store/prisma/client.js'
import { COLUMNS, type Row, slices } from './rows.ts'

/** Prisma as sync scripts use it: an upsert a row under p-limit, or `createMany` a thousand rows at a time. */
export function createPrisma(pool: Pool) {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) })
  return {
    async upsertEach(rows: Iterable<Row>): Promise<void> {
      const limit = pLimit(10)
      const upsert = (row: Row) => {
        const data = dataOf(row)
        const { groupNo, accountId, firstSeenAt: _first, startAt: _start, startRun: _run, ...update } = data
        return prisma.member.upsert({ where: { groupNo_accountId: { groupNo, accountId } }, create: data, update })
      }
      for (const slice of slices(rows, 5000)) await Promise.all(slice.map((row) => limit(() => upsert(row))))
    },
    async createMany(rows: Iterable<Row>): Promise<void> {
      for (const slice of slices(rows, 1000))
        await prisma.member.createMany({ data: slice.map(dataOf), skipDuplicates: true })
    },
    [Symbol.asyncDispose]: () => prisma.$disconnect(),
  }
}

function dataOf(row: Row) {
  const field = Object.fromEntries(COLUMNS.map(([name], index) => [name, row[index] ?? null]))
  const text = (name: string) => String(field[name])
  return {
    firstSeenAt: text('first_seen_at'),
    startAt: text('start_at'),
    print: BigInt(text('print')),
    groupNo: Number(field['group_no']),
    startRun: Number(field['start_run']),
    livePrint: Number(field['live_print']),
    role: text('role') as 'member',
    accountId: text('account_id'),
    nameCard: field['name_card'] === null ? null : text('name_card'),
    joinedAt: text('joined_at'),
    lastSpokeAt: text('last_spoke_at'),
    attributes: JSON.parse(text('attributes')) as Prisma.InputJsonObject,
    live: JSON.parse(text('live')) as Prisma.InputJsonObject,
  }
}
