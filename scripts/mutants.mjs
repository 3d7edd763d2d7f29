// Takes each guard of completeness out of a scratch copy, one at a time, and runs the tests that should notice. A mutant
// that no test notices fails this script. `npm run mutants -- [NAME]…`
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** name, file, what stands there, what the mutant has instead, tests */
const MUTANTS = [
  [
    'count check',
    'src/core/walk.ts',
    'before !== null && unique === before && unique === after',
    'before !== null',
    'test/core/walk',
  ],
  [
    'overlap check',
    'src/core/walk.ts',
    'if (!first && (steppingBack',
    'if (first && !first && (steppingBack',
    'test/core/walk',
  ],
  [
    'two passes alike',
    'src/core/walk.ts',
    'return previous !== null && members.isLike(previous)',
    'return previous !== null',
    'test/core/walk',
  ],
  ['repeated cursor', 'src/core/walk.ts', 'if (walk.tokens.has(page.next))', 'if (walk.pages < 0)', 'test/core/walk'],
  [
    'record not understood',
    'src/core/walk.ts',
    'if (walk.bad.length > 0) return',
    'if (walk.bad.length < 0) return',
    'test/core/walk',
  ],
  [
    'rows of the details counted',
    'src/sync/reading.ts',
    'if (seen.size !== group.memberCount) return null',
    'if (seen.size < 0) return null',
    'test/sync/details',
  ],
  [
    'confirmation',
    'src/core/plan.ts',
    'input.diff.absent.filter((accountId) => input.confirmedOut.has(accountId))',
    '[...input.diff.absent]',
    'test/core/plan',
  ],
  [
    'second walk must be complete',
    'src/sync/confirm.ts',
    "second.outcome === 'complete' ? 'out' : 'unknown'",
    "'out'",
    'test/sync/confirm',
  ],
  [
    'ends only from complete reads',
    'src/core/plan.ts',
    "const proven = input.receipt.outcome === 'complete'",
    'const proven = true',
    'test/core/plan',
  ],
  [
    'unseen are marked',
    'src/core/plan.ts',
    '? [...unclear, ...judged.held]',
    '? []',
    'test/core/plan test/core/guard test/sync/cases',
  ],
  [
    'a rejoin is a new stay',
    'src/core/stay.ts',
    'return before !== null && after !== null',
    'return before === null && after !== null',
    'test/core/plan',
  ],
  [
    'bad id asked again alone',
    'src/sync/read-details.ts',
    "if (answer.kind === 'badId' && hint.known === true) return true",
    '',
    'test/sync/cases',
  ],
  [
    'only a known group can be gone',
    'src/sync/read-details.ts',
    'return hint?.known === true\n    ?',
    'return hint !== undefined\n    ?',
    'test/sync/cases',
  ],
  ['version check of writes', 'src/store/write.ts', 'now.version !== write.known?.version ||', '', 'test/sync/fence'],
  ['old news never over newer', 'src/store/write.ts', ' || now.endedAt > write.receipt.beganAt', '', 'test/sync/fence'],
  [
    'fencing of parts',
    'src/store/sql/part-fence.sql',
    'AND token = $3 AND',
    'AND $3::integer IS NOT NULL AND',
    'test/sync/shared',
  ],
  [
    'leave guard',
    'src/core/guard.ts',
    'return guard !== undefined && going > guard.count',
    'return guard === undefined && going > guard',
    'test/core/guard',
  ],
  [
    'dissolve guard',
    'src/core/guard.ts',
    'if (guard === undefined || !exceeds(guard, gone, of)) return write',
    'if (gone > -of) return write',
    'test/sync/guard',
  ],
  [
    'no more than was approved',
    'src/core/guard.ts',
    'held: leaving.filter((accountId) => !shown(accountId)) }',
    'held: [] }',
    'test/core/guard',
  ],
  [
    'silence frees the locks',
    'src/store/transaction.ts',
    'idle_in_transaction_session_timeout = ${idleMs}',
    'idle_in_transaction_session_timeout = 0',
    'test/store/pool',
  ],
  ['join times of a roster', 'src/sync/reading.ts', 'trouble ??', '', 'test/sync/roster'],
  [
    'walks that stop end no stay',
    'src/sync/reading.ts',
    "outcome: complete ? 'complete' : 'partial'",
    "outcome: 'complete'",
    'test/sync/cases test/sync/lessons',
  ],
]

const root = resolve(import.meta.dirname, '..')
const wanted = process.argv.slice(2)
const scratch = mkdtempSync(join(tmpdir(), 'rollcall-mutants-'))
const parts = ['src', 'test', 'jobs', 'prisma', 'scripts', 'package.json', 'vitest.config.ts', 'tsconfig.json', 'bench']
for (const part of parts) cpSync(join(root, part), join(scratch, part), { recursive: true })
symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'))

const rows = []
const suites = [
  ...new Set(
    MUTANTS.flatMap(([name, , , , tests]) => (wanted.length === 0 || wanted.includes(name) ? tests.split(' ') : [])),
  ),
]
// A test that fails without a mutant as well would kill them all.
const sound = spawnSync('npx', ['vitest', 'run', ...suites], { cwd: scratch, stdio: 'inherit' })
if (sound.status !== 0) process.exit(2)
for (const [name, file, before, after, tests] of MUTANTS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const path = join(scratch, file)
  const text = readFileSync(path, 'utf8')
  const places = text.split(before).length - 1
  if (places !== 1) {
    rows.push([name, file, `its text stands there ${places} times: mend the script`])
    continue
  }
  writeFileSync(
    path,
    text.replace(before, () => after),
  )
  const args = ['vitest', 'run', '--bail', '1', '--reporter', 'json', ...tests.split(' ')]
  const run = spawnSync('npx', args, { cwd: scratch, encoding: 'utf8', maxBuffer: 2 ** 28, timeout: 600_000 })
  writeFileSync(path, text)
  rows.push([name, file, run.status === 0 ? 'ALIVE: no test notices' : `killed by ${killer(run.stdout)}`])
  process.stderr.write(`${rows.at(-1).join(' | ')}\n`)
}
rmSync(scratch, { recursive: true, force: true })

/** The first test that failed. */
function killer(text) {
  try {
    const report = JSON.parse(text.slice(text.indexOf('{"')))
    for (const { assertionResults, message, name } of report.testResults)
      for (const { status, fullName } of assertionResults)
        if (status === 'failed') return fullName
        else if (assertionResults.length === 0 && message) return `${name}: ${message}`.slice(0, 200)
    return 'nothing named'
  } catch {
    return `a run that broke off: ${text.slice(-200)}`
  }
}

const width = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)))
console.log(rows.map((row) => `${row[0].padEnd(width[0])}  ${row[1].padEnd(width[1])}  ${row[2]}`).join('\n'))
const dead = rows.filter(([, , said]) => said.startsWith('killed'))
console.log(`${dead.length} of ${rows.length} mutants killed`)
process.exit(dead.length === rows.length ? 0 : 1)
