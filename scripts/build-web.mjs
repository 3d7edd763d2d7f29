// Builds the web page into dist/web, with compressed twins of its files. Fails where its scripts have grown too large.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'

const MOST_SCRIPT_BYTES = 250_000
const root = fileURLToPath(new URL('../web/', import.meta.url))
const outDir = fileURLToPath(new URL('../dist/web/', import.meta.url))

await build({
  root,
  configFile: false,
  envDir: false,
  logLevel: 'warn',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
})

let scripts = 0
for (const name of readdirSync(`${outDir}/assets`)) {
  if (!/\.(js|css|svg)$/.test(name)) continue
  const path = `${outDir}/assets/${name}`
  const text = readFileSync(path)
  const gzip = gzipSync(text, { level: 9 })
  writeFileSync(`${path}.gz`, gzip)
  writeFileSync(`${path}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
  if (name.endsWith('.js')) scripts += gzip.length
}
if (scripts > MOST_SCRIPT_BYTES) {
  console.error(`The page's scripts have ${scripts} bytes compressed: more than ${MOST_SCRIPT_BYTES}.`)
  process.exit(1)
}
