import { lstatSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** The operating-system user PostgreSQL runs as; null: the one who runs this program. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root. `postgres` where that user exists, else `nobody`. */
export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  )
  return users.get('postgres') ?? users.get('nobody') ?? { uid: 65_534, gid: 65_534 }
}

/** The account that owns a folder, where root finds data that an ordinary user's PostgreSQL made. */
export function ownerOf(path: string): Account | null {
  const { uid, gid } = lstatSync(path)
  return uid === 0 ? null : { uid, gid }
}

/** Whether that account may walk down to the folder. Knows no groups beside the account's own and no access lists. */
export function canReach(account: Account | null, path: string): boolean {
  if (account === null) return true
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = lstatSync(folder)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
