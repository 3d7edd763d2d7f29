import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const MOST_SCRIPT_BYTES = 250_000
const pages = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

it.each(pages)('every link of %s leads to a file that is there', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, to = '']) => to)
  const missing = links.filter((to) => !/^https?:/.test(to) && !existsSync(join(dirname(page), to)))
  expect(missing).toEqual([])
})

it('every page of docs is reached from the README', () => {
  const readme = readFileSync('README.md', 'utf8')
  expect(pages.filter((page) => page !== 'README.md' && !readme.includes(`(${page})`))).toEqual([])
})

it.skipIf(!existsSync('dist/web/assets'))('the scripts of the page have less than 250 kB compressed', () => {
  const names = readdirSync('dist/web/assets').filter((name) => name.endsWith('.js'))
  const sizes = names.map((name) => {
    const text = readFileSync(`dist/web/assets/${name}`)
    const compressed = readFileSync(`dist/web/assets/${name}.gz`)
    expect(gunzipSync(compressed).equals(text)).toBe(true) // what is served is what was built
    return gzipSync(text, { level: 6 }).length
  })
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES)
})
