// What the compiled program reads at run time and the compiler does not copy.
import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
for (const path of ['src/store/sql', 'src/store/embedded/supervisor.mjs', 'prisma'])
  cpSync(`${root}/${path}`, `${root}/dist/${path}`, { recursive: true })
