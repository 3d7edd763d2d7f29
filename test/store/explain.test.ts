import pg from 'pg'
import { expect, test } from 'vitest'
import { OperatorError } from '../../src/core/errors.ts'
import { explainDatabaseError } from '../../src/store/explain.ts'
import { checkServer, createPool, databaseTarget } from '../../src/store/pool.ts'

function coded(message: string, code: string): Error {
  return Object.assign(new Error(message), { code })
}

test('an error an operator can mend is told with code, words and cure, however deep it lies', () => {
  const full = coded('could not extend file "base/1/2": No space left on device', '53100')
  const told = /^the disk of the database is full \(53100: could not extend .*\): free space/
  expect(explainDatabaseError(full)?.message).toMatch(told)
  expect(explainDatabaseError(new Error('outer', { cause: new Error('inner', { cause: full }) }))?.message).toMatch(
    told,
  )
  expect(explainDatabaseError(new AggregateError([new Error('x'), full]))?.message).toMatch(told)
  const prisma = Object.assign(new Error('Raw query failed'), {
    code: 'P2010',
    meta: { driverAdapterError: { cause: { originalCode: '53100', originalMessage: 'No space left' } } },
  })
  expect(explainDatabaseError(prisma)?.message).toMatch(/^the disk of the database is full \(53100.*: free space/)
  expect(explainDatabaseError(new Error('Connection terminated unexpectedly'))?.message).toMatch(/was cut/)
})

test('any other error is not dressed up, and an explained one stays as it is', () => {
  const own = new OperatorError('told already')
  expect(explainDatabaseError(own)).toBe(own)
  for (const error of [coded('duplicate key', '23505'), new TypeError('x is not a function'), 'text', null, undefined])
    expect(explainDatabaseError(error)).toBeNull()
})

test('a server that cannot be used is named without its password', async () => {
  const pool = createPool('postgresql://me:secret@127.0.0.1:1/mine', { max: 1 })
  const error = await checkServer(pool).catch((caught: unknown) => caught)
  await pool.end()
  expect(error).toBeInstanceOf(OperatorError)
  expect(String(error)).toMatch(
    /127\.0\.0\.1:1\/mine: nothing listens .*ECONNREFUSED.*: start PostgreSQL, or mend DATABASE_URL/,
  )
  expect(String(error)).not.toContain('secret')
  expect(databaseTarget('postgres://u:p@db.example/x?sslmode=require')).toBe('db.example:5432/x')
  expect(() => createPool('localhost/mine', { max: 1 })).toThrow(/DATABASE_URL is no URL/)
})

test.each([
  [130_022, '13.22', 'UTF8', /PostgreSQL 13\.22: rollcall wants 14 or newer/],
  [180_000, '18.0', 'SQL_ASCII', /encoded in SQL_ASCII: create a database with ENCODING 'UTF8'/],
])('a server of version %d is judged', async (number, version, encoding, told) => {
  const pool = createPool('postgresql://127.0.0.1:1/mine', { max: 1 })
  pool.query = (async () => ({ rows: [{ number, version, encoding }] })) as unknown as pg.Pool['query']
  await expect(checkServer(pool)).rejects.toThrow(told)
  await pool.end()
})
