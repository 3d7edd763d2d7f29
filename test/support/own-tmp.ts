import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for temporary files that no other test file's program writes to. Its path; it goes when the file is done. */
export function ownTmp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-own-'))
  process.env['TMPDIR'] = folder
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
