// `npm run bench [-- --quick] [--only=store,peers,http,calls,large,growth] [--rounds=N]
// [--most=N]`: prints every figure with its target and keeps them under bench/results/.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Figure, type Section, met, table } from './figures.ts'
import { measureCalls, measureHttp } from './section-http.ts'
import { build, inWorker, measureLarge } from './section-large.ts'
import { measurePeers, measureStore, type StoreRatios } from './section-store.ts'
import { machine, median, openStage } from './stage.ts'

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const only = args
  .find((arg) => arg.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',')
const rounds = Number(args.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? 3)
/** Sizes above this are left out of the section `growth`: ten million memberships take ten minutes. */
const most = Number(args.find((arg) => arg.startsWith('--most='))?.slice('--most='.length) ?? Number.POSITIVE_INFINITY)
const wanted = (name: string) => only?.includes(name) ?? true

const started = performance.now()
const date = new Date().toISOString().slice(0, 10)
const sections: Section[] = []
const show = (section: Section) => {
  sections.push(section)
  process.stdout.write(`${table(section)}\n`)
}

await using stage = await openStage()
const total = quick ? 100_000 : 2_000_000
const ratios: StoreRatios[] = []
if (wanted('store')) {
  const { section, ratios: found } = await measureStore(stage, total, rounds)
  show(section)
  ratios.push(found)
}
if (wanted('peers'))
  show(await measurePeers(stage, quick ? 2000 : 10_000, quick ? 20_000 : 200_000, quick ? 1 : rounds))
if (wanted('http')) show(await measureHttp(stage, quick ? 50_000 : 1_000_000, rounds))
if (wanted('calls')) show(await measureCalls(stage, quick ? 1000 : 10_000))
if (wanted('large')) show(await measureLarge(stage, quick ? 60_000 : 1_000_000, quick ? 1 : rounds))
if (wanted('growth')) show(await growth())

async function growth(): Promise<Section> {
  const sizes = (quick ? [20_000] : [200_000, 10_000_000]).filter((size) => size <= most)
  for (const size of sizes) {
    const often = size > 2_000_000 ? 1 : rounds
    const { section, ratios: found } = await measureStore(stage, size, often, { closed: false })
    show(section)
    ratios.push(found)
  }
  const sorted = ratios.toSorted((a, b) => a.total - b.total)
  const figures = sorted.slice(1).flatMap((larger, index) => {
    const smaller = sorted[index]
    if (smaller === undefined) return []
    const decades = Math.log10(larger.total / smaller.total)
    const name = `${smaller.total.toLocaleString('en')} → ${larger.total.toLocaleString('en')}`
    return (['load', 'same', 'changed'] as const).map((key) => ({
      name: `6 ${key}, ${name}`,
      value: (larger[key] / smaller[key]) ** (1 / decades),
      unit: '× a decade',
      atLeast: 0.9,
      note: `ratio ${smaller[key].toFixed(2)} → ${larger[key].toFixed(2)}, exponent ${(Math.log10(larger[key] / smaller[key]) / decades).toFixed(2)}`,
    }))
  })
  return { title: 'Growth of the ratios', figures: [...figures, await memory(quick ? 10_000 : 100_000)] }
}

/** Peak memory of a worker that syncs a source twice, and of one ten times as large. */
async function memory(memberships: number): Promise<Figure> {
  await build()
  const peak = async (total: number) => {
    const heavyTailed = { groups: Math.round(total / 72), accounts: Math.round(total / 4), memberships: total }
    const peaks: number[] = []
    for (let round = 0; round < (quick ? 1 : rounds); round++)
      peaks.push(Math.max(...(await inWorker(stage, { heavyTailed })).peaks))
    return median(peaks)
  }
  const [small, large] = [await peak(memberships), await peak(10 * memberships)]
  return {
    name: `6 peak memory of a worker, ${memberships.toLocaleString('en')} → ${(10 * memberships).toLocaleString('en')}`,
    value: large / small,
    unit: '× a decade',
    atMost: 1.1,
    note: `${small.toFixed(0)} → ${large.toFixed(0)} MB, exponent ${Math.log10(large / small).toFixed(2)}`,
  }
}

const minutes = (performance.now() - started) / 60_000
const scale = quick ? 'quick' : 'full'
const folder = fileURLToPath(new URL('results/', import.meta.url))
mkdirSync(folder, { recursive: true })
const judged = sections.flatMap(({ figures }) => figures.map(met)).filter((verdict) => verdict !== null)
const head = `# Bench of ${date}, ${scale}\n\n${machine()}, Node ${process.versions.node}, embedded PostgreSQL with default settings, ${minutes.toFixed(1)} minutes. ${judged.filter(Boolean).length} of ${judged.length} targets met.\n`
const file = `${folder}${date}${quick ? '-quick' : ''}`
writeFileSync(`${file}.md`, `${head}\n${sections.map(table).join('\n')}`)
writeFileSync(
  `${file}.json`,
  `${JSON.stringify({ date, scale, machine: machine(), node: process.versions.node, sections }, null, 2)}\n`,
)
process.stdout.write(`${head.split('\n').at(2) ?? ''}\n`)
