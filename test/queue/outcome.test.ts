import { expect, test } from 'vitest'
import { OperatorError } from '../../src/core/errors.ts'
import { LATER_MS, outcomeOf } from '../../src/queue/outcome.ts'

const coded = (code: string, message = 'words') => Object.assign(new Error(message), { code })
const hidden = (originalCode: string) =>
  Object.assign(new Error('Raw query failed'), {
    code: 'P2010',
    meta: { driverAdapterError: { cause: { originalCode } } },
  })
const working = { stopping: false, lost: false }

test.each([
  ['a full disk', coded('53100')],
  ['a full disk, as Prisma says it', hidden('53100')],
  ['no connection free', coded('53300', 'sorry, too many clients already')],
  ['out of memory', coded('53200')],
  ['a disk that cannot be read', coded('58030')],
  ['a server that shuts down', coded('57P01')],
  ['a transaction that stood still', coded('25P03')],
  ['a statement that is never answered', new Error('Query read timeout')],
  ['a Redis that has fallen silent', new Error("Socket timeout. Expecting data, but didn't receive any in 20000ms.")],
  ['a cut connection', new Error('Connection terminated unexpectedly')],
  ['no server', coded('ECONNREFUSED')],
  ['what an operator has to mend', new OperatorError('no source acme here')],
])('%s passes: the work is tried again in a while, however often', (_what, error) => {
  expect(outcomeOf(error, working)).toEqual({ do: 'later', ms: LATER_MS })
})

test.each([
  ['a fault of the program', new TypeError('x is not a function')],
  ['a row that is there already', coded('23505')],
  ['a statement that was cancelled', coded('57014')],
  ['no error at all', 'text'],
])('%s counts as a failed attempt', (_what, error) => {
  expect(outcomeOf(error, working)).toEqual({ do: 'fail' })
})

test('a lost lock ends the attempt, and a worker that stops hands it back', () => {
  expect(outcomeOf(coded('53100'), { stopping: true, lost: true })).toEqual({ do: 'end' })
  expect(outcomeOf(coded('53100'), { stopping: true, lost: false })).toEqual({ do: 'handBack' })
})
