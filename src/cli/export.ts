import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { suggestion } from '../config/nearest.ts'
import { UsageError } from '../core/errors.ts'
import { EXPORTS, type ExportFormat, type ExportName, FORMATS } from '../store/export.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { count, counted, table } from './format.ts'
import { assertKnown, filled } from './options.ts'

interface Flags extends ConfigFlag {
  readonly source?: string
  readonly format: string
  readonly out?: string
  readonly json?: boolean
}

export function registerExport(program: Command, cli: Cli): void {
  const command = program
    .command('export')
    .description('views or the whole history as CSV or Parquet, for DuckDB, ClickHouse or a lake')
    .argument('[names...]', 'what to export, or "all"; nothing: shows what there is')
    .option('--source <name>', 'only this source', filled)
    .option('--format <word>', FORMATS.join(', '), 'csv')
    .option(
      '--out <folder>',
      'the folder for the files, NAME.csv or NAME.parquet (default: one CSV to standard output)',
      filled,
    )
    .option('--json', 'with --out: one JSON object a file (NDJSON)')
    .addHelpText(
      'after',
      `\nExamples:\n  rollcall export membership_intervals > stays.csv\n  rollcall export all --format parquet --out lake/\n  duckdb -c "SELECT count(*) FROM 'lake/member_changes.parquet'"`,
    )
  withConfig(command).action(async (names: readonly string[], flags: Flags) => {
    if (names.length === 0) return void (await cli.io.out(catalogue()))
    const format = formatOf(flags.format)
    const chosen = chosenOf(names)
    const folder = flags.out === undefined ? null : resolve(cli.cwd, flags.out)
    if (folder === null && (chosen.length > 1 || format !== 'csv'))
      throw new UsageError('--out: Parquet, and more than one export, go into files: say --out FOLDER')
    const config = configFor(cli, flags, 'ifPresent')
    if (flags.source !== undefined) assertKnown([flags.source], await cli.services.knownSources(config), 'the database')
    if (folder !== null) mkdirSync(folder, { recursive: true })
    const ask = {
      names: chosen,
      format,
      source: flags.source ?? null,
      file: (name: ExportName) => resolve(folder ?? '.', `${name}.${format}`),
      take: folder === null ? (text: string) => cli.io.out(text) : null,
    }
    for await (const { name, file, rows } of cli.services.export(config, ask)) {
      if (folder !== null && flags.json === true) await cli.io.out(`${JSON.stringify({ name, file, rows })}\n`)
      else cli.io.err(`${name}: ${counted(rows, 'row')}${folder === null ? '' : ` → ${file}`}`)
      if (cli.life.signal.aborted) return
    }
  })
}

const isExport = (name: string): name is ExportName => Object.hasOwn(EXPORTS, name)
const isFormat = (word: string): word is ExportFormat => FORMATS.some((known) => known === word)
const ALL = Object.keys(EXPORTS).filter(isExport)

function formatOf(word: string): ExportFormat {
  if (isFormat(word)) return word
  throw new UsageError(`--format: "${word}" is none of ${FORMATS.join(', ')}${suggestion(word, FORMATS)}`)
}

function chosenOf(names: readonly string[]): readonly ExportName[] {
  if (names.includes('all')) return ALL
  return [...new Set(names)].map((name) => {
    if (isExport(name)) return name
    throw new UsageError(`there is no export "${name}"${suggestion(name, [...ALL, 'all'])}`)
  })
}

function catalogue(): string {
  const rows = ALL.map((name) => [name, EXPORTS[name]])
  return `${table([{ head: 'export' }, { head: 'what it holds' }], rows)}\n\n${count(ALL.length)} exports; "all" is every one.\n`
}
