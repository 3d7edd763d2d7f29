import { OperatorError } from '../../core/errors.ts'

export const INSTEAD = 'or set DATABASE_URL to a PostgreSQL of your own'

/** What PostgreSQL's programs say when they cannot go on (they run with LC_ALL=C and give no code), and the cure. */
const SAID: readonly [RegExp, string][] = [
  [/No space left on device|Disk quota exceeded/i, 'free space on the disk of the data folder'],
  [/error while loading shared libraries|Library not loaded/i, 'install the library that the message names'],
  [
    /could not create shared memory|shmget|could not resize shared memory/i,
    'free shared memory (docker: --shm-size=256m)',
  ],
  [
    /database files are incompatible|was initialized by PostgreSQL version/i,
    'take the rollcall that made the data folder',
  ],
  [/Read-only file system/i, 'choose a writable folder with ROLLCALL_DATA_DIR'],
  [
    /Permission denied|Operation not permitted/i,
    'give the user that runs rollcall its data folder, or choose another with ROLLCALL_DATA_DIR',
  ],
  [/invalid checkpoint record|could not locate a valid checkpoint|PANIC/i, 'restore the data folder from a backup'],
  [/Cannot allocate memory|out of memory/i, 'free memory'],
]

const ERRNO: Record<string, string> = {
  ENOSPC: 'free space on that disk',
  EDQUOT: 'free space: the quota of this user is spent',
  EACCES: 'give the user that runs rollcall that folder, or choose another with ROLLCALL_DATA_DIR',
  EPERM: 'run rollcall as an ordinary user, or choose another folder with ROLLCALL_DATA_DIR',
  EROFS: 'choose a writable folder with ROLLCALL_DATA_DIR',
  // What mkdir says of a folder below a read-only one.
  ENOENT: 'choose a writable folder with ROLLCALL_DATA_DIR',
  ENOTDIR: 'choose a folder with ROLLCALL_DATA_DIR',
  EEXIST: 'choose a folder with ROLLCALL_DATA_DIR',
  EMFILE: 'raise the limit of open files (ulimit -n)',
}

/** PostgreSQL itself failed: the cure, and the last lines of what it said. */
export function serverTrouble(what: string, output: string): OperatorError {
  const cure = SAID.find(([pattern]) => pattern.test(output))?.[1] ?? 'mend what its last lines say'
  const tail = output.trim().split('\n').slice(-12).join('\n  ')
  return new OperatorError(`${what}: ${cure}, ${INSTEAD}${tail === '' ? '' : `\n  ${tail}`}`)
}

/** A file or a process could not be made: what, where and the cure; any other error as it is. */
export function fileTrouble(what: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof OperatorError) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const cure = ERRNO[code]
  return cure === undefined
    ? error
    : new OperatorError(`${what}: ${error.message}: ${cure}, ${INSTEAD}`, { cause: error })
}
