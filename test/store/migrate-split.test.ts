import { expect, test } from 'vitest'
import { splitStatements } from '../../src/store/migrate-split.ts'

const CASES: readonly [string, string, string[]][] = [
  ['plain', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
  ['nothing', ' ;; -- a comment; only\n/* or; this */ ;', []],
  ['quotes', `SELECT 'a;''b', "c;""d";SELECT 2`, [`SELECT 'a;''b', "c;""d"`, 'SELECT 2']],
  ['escapes', `SELECT e'\\';', 'a\\';SELECT 2`, [`SELECT e'\\';', 'a\\'`, 'SELECT 2']],
  ['dollars', 'SELECT $$;$$, $a$ ; $$ ; $a$, a$b$c;SELECT $1;', ['SELECT $$;$$, $a$ ; $$ ; $a$, a$b$c', 'SELECT $1']],
  ['comments', '/* a; /* b; */ c; */ SELECT 1 -- d;\n, 2;', ['SELECT 1 -- d;\n, 2']],
  ['parenthesis first', 'SELECT 1; (SELECT 2);', ['SELECT 1', '(SELECT 2)']],
  [
    'a body of SQL',
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3',
    ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END', 'SELECT 3'],
  ],
  ['a transaction', 'BEGIN; COMMIT;', ['BEGIN', 'COMMIT']],
]

test.each(CASES)('%s', (_, script, statements) => {
  expect(splitStatements(script).map(({ text }) => text)).toEqual(statements)
})

test('each statement knows the line on which it begins', () => {
  const lines = splitStatements('-- one\n\nSELECT 1\n;\n\n/* two\n*/ SELECT 2; SELECT\n3;').map(({ line }) => line)
  expect(lines).toEqual([3, 7, 7])
})
