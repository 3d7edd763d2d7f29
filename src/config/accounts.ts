import { readFileSync } from 'node:fs'

/**
 * The accounts of an `accountsFile`, one a line. Blank lines, spaces around a name, repeats, a byte order mark, Windows
 * line ends and UTF-16 (Windows "Unicode") are all right. `#` is no comment: account names may begin with it.
 */
export function readAccountsFile(file: string): { accounts: readonly string[]; fault: string | null } {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    return { accounts: [], fault: `the file ${file} ${whyUnreadable(error)}` }
  }
  const accounts = new Set<string>()
  for (const [index, row] of decode(bytes)
    .split(/\r\n|\n|\r/)
    .entries()) {
    const account = row.trim()
    if (/[\p{Cc}\ufffd]/u.test(account)) {
      const demand = 'the file must be UTF-8 text, one account a line'
      return { accounts: [], fault: `line ${index + 1} of ${file} is no account name: ${demand}` }
    }
    if (account !== '') accounts.add(account)
  }
  const empty = `the file ${file} holds no account: write one a line, or leave the key out`
  return { accounts: [...accounts], fault: accounts.size === 0 ? empty : null }
}

function decode(bytes: Buffer): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
  return (wide ? bytes.toString('utf16le') : bytes.toString('utf8')).replace(/^\ufeff/, '')
}

/** Why a file cannot be read, to stand behind its name: `does not exist`. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user: check its permissions'
  if (code === 'EISDIR') return 'is a folder, not a file'
  return `cannot be read (${typeof code === 'string' ? code : String(error)})`
}
