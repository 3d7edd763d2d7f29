// Runs after `npm ci`: makes the Prisma client and the compiled program. Installed as a package there is nothing to make.
import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
if (!existsSync(`${root}/src`) || !existsSync(`${root}/node_modules/typescript`)) process.exit(0)
for (const args of [
  ['node_modules/prisma/build/index.js', 'generate'],
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  ['scripts/copy-assets.mjs'],
  ['scripts/build-web.mjs'],
]) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) {
    console.error(`rollcall: "node ${args.join(' ')}" failed; its message stands above`)
    process.exit(status ?? 1)
  }
}
