// The image cannot be built in the suite; the steps of its Dockerfile are carried out in folders instead.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { cloneDatabase } from '../support/database.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'rollcall-image-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const [context, build, image] = [join(folder, 'context'), join(folder, 'build'), join(folder, 'image')]

/** The lines of the Dockerfile as `[word, rest]`. */
const steps = read('Dockerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .flatMap((line) => {
    const [, word, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    return word === undefined || rest === undefined ? [] : [{ word, rest }]
  })
const second = steps.findLastIndex(({ word }) => word === 'FROM')

it('the Dockerfile builds with what .dockerignore lets through, and its image runs what docker-compose.yml asks of it', async () => {
  for (const [, path] of read('.dockerignore').matchAll(/^!(.+)$/gm))
    if (path !== undefined) cpSync(join(root, path), join(context, path), { recursive: true })
  for (const { word, rest } of steps.slice(0, second)) await carryOut(word, rest, context, build)
  for (const { word, rest } of steps.slice(second)) await carryOut(word, rest, build, image)
  expect(existsSync(join(image, 'node_modules/vitest'))).toBe(false)
  expect(existsSync(join(image, 'dist/web/index.html'))).toBe(true)

  const database = await cloneDatabase({ empty: true })
  writeFileSync(join(folder, 'rollcall.yaml'), SOURCE)
  const env = { ...process.env, DATABASE_URL: database.url, ROLLCALL_CONFIG: join(folder, 'rollcall.yaml') }
  const inImage = async ([program, ...args]: readonly string[]) => {
    if (program !== 'node') throw new Error(`the image has no ${program}`)
    return (await run(process.execPath, args, { cwd: image, env })).stdout
  }
  const entry = JSON.parse(steps.find(({ word }) => word === 'ENTRYPOINT')?.rest ?? '') as string[]
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as Compose
  await inImage([...entry, ...(services['migrate']?.command ?? [])])
  for (const name of ['worker', 'up'])
    expect(await inImage([...entry, ...(services[name]?.command ?? []), '--help'])).toContain(`rollcall ${name}`)
  const [kind, ...check] = services['worker']?.healthcheck?.test ?? []
  expect(kind).toBe('CMD')
  expect(JSON.parse(await inImage(check))).toMatchObject({ sources: [{ name: 'acme', vendor: 'easemob' }] })
}, 180_000)

/** One step in `into`; what COPY takes lies in `from`, under its own name. */
async function carryOut(word: string, rest: string, from: string, into: string): Promise<void> {
  mkdirSync(into, { recursive: true })
  if (word === 'COPY') {
    const paths = rest.split(' ').filter((part) => !part.startsWith('--'))
    const target = paths.pop() ?? ''
    for (const path of paths.map((one) => one.replace(/^\/app\//, '')))
      cpSync(join(from, path), join(into, target.endsWith('/') ? `${target}${basename(path)}` : target), {
        recursive: true,
        verbatimSymlinks: true,
      })
  }
  if (word !== 'RUN') return
  if (rest.startsWith('npm ci')) {
    // What it would fetch is here already. A copy: what follows takes packages away.
    await run('cp', ['-a', join(root, 'node_modules'), into])
  } else await run('sh', ['-ec', rest], { cwd: into, env: { ...process.env, npm_config_offline: 'true' } })
}

const SOURCE = `sources:
  - { name: acme, vendor: easemob, baseUrl: 'http://127.0.0.1:9', orgName: acme, appName: im, clientId: an-id,
      clientSecret: a-secret, discover: { allGroups: true } }
`

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly command?: readonly string[]; readonly healthcheck?: { readonly test: readonly string[] } }
    >
  >
}
