import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** The version in Rollcall's package.json, two or three folders above this file (source or compiled). */
export function readVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const found = z
        .object({ name: z.literal('rollcall'), version: z.string() })
        .safeParse(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')))
      if (found.success) return found.data.version
    } catch {
      // Not at this height: look one folder further up.
    }
  }
  return 'unknown'
}
