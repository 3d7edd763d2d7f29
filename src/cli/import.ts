import { resolve } from 'node:path'
import type { Command } from 'commander'
import { suggestion } from '../config/nearest.ts'
import { UsageError } from '../core/errors.ts'
import type { ImportShown } from '../store/imports.ts'
import { IMPORT_FORMATS, type ImportFormat } from '../sync/import/formats.ts'
import type { ImportResult } from '../sync/import/import-file.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { clean, count, counted, localTime, table } from './format.ts'
import { assertKnown, filled, whole } from './options.ts'
import { parseTime } from './time.ts'
import { jsonTime } from './types.ts'

interface Flags extends ConfigFlag {
  readonly source?: string
  readonly format?: string
  readonly at?: string
  readonly list?: boolean
  readonly remove?: number
  readonly dryRun?: boolean
  readonly json?: boolean
}

export function registerImport(program: Command, cli: Cli): void {
  const command = program
    .command('import')
    .description('earlier snapshots as history from before the first read: marked as imported, never proven')
    .argument('[file]', 'CSV, JSON lines or a timeline; gzipped or not')
    .option('--source <name>', 'the source of the groups (default: the only one there is)', filled)
    .option('--format <word>', `${IMPORT_FORMATS.join(', ')} (default: by what stands in the file)`, filled)
    .option('--at <time>', 'when rows were taken that do not say so', filled)
    .option('--dry-run', 'check the file, import nothing')
    .option('--list', 'what was imported')
    .option('--remove <id>', 'take an import back', whole(1, 2_147_483_647))
    .option('--json', 'one JSON value')
    .addHelpText(
      'after',
      `\nA row is one member in one snapshot of a group: group, account, taken_at, and where known role, name_card, joined_at, count.
A snapshot is complete: who is not in it was not in the group then. All of a file is imported, or nothing of it.

Examples:\n  rollcall import --source acme-tencent members-2023.csv --dry-run\n  rollcall import --source acme-tencent members.csv --at 2023-05-01T00:00:00Z\n  rollcall import --list`,
    )
  withConfig(command).action(async (file: string | undefined, flags: Flags) => {
    const config = configFor(cli, flags, 'required')
    const names = config.sources.map(({ name }) => name)
    if (flags.source !== undefined) assertKnown([flags.source], names, config.configPath)
    if (flags.list === true) {
      const imports = await cli.services.imports.list(config, flags.source ?? null)
      return void (await cli.io.out(
        flags.json === true ? `${JSON.stringify(imports.map(importJson))}\n` : renderImports(imports),
      ))
    }
    const source = flags.source ?? (names.length === 1 ? names[0] : undefined)
    if (source === undefined) throw new UsageError(`--source: say which one of ${names.join(', ')}`)
    if (flags.remove !== undefined) {
      const gone = await cli.services.imports.remove(config, source, flags.remove)
      if (gone === null)
        throw new UsageError(`--remove: ${source} has no import ${flags.remove}. "rollcall import --list" shows them.`)
      return void (await cli.io.out(
        flags.json === true
          ? `${JSON.stringify(gone)}\n`
          : `${clean(gone.file)} is taken back: ${counted(gone.stays, 'stay')}.\n`,
      ))
    }
    if (file === undefined) throw new UsageError('import wants a FILE, or --list, or --remove ID')
    const ask = {
      source,
      path: resolve(cli.cwd, file),
      format: flags.format === undefined ? null : formatNamed(flags.format),
      takenAt: flags.at === undefined ? null : parseTime(flags.at, '--at', cli.clock.now()),
      dryRun: flags.dryRun === true,
    }
    const result = await cli.services.imports.run(config, ask, cli.life)
    await cli.io.out(flags.json === true ? `${JSON.stringify(resultJson(result))}\n` : renderImport(result, ask.dryRun))
  })
}

function formatNamed(word: string): ImportFormat {
  const known = IMPORT_FORMATS.find((one) => one === word)
  if (known !== undefined) return known
  throw new UsageError(`--format: "${word}" is none of ${IMPORT_FORMATS.join(', ')}${suggestion(word, IMPORT_FORMATS)}`)
}

const importJson = (one: ImportShown): unknown => ({
  ...one,
  importedAt: jsonTime(one.importedAt),
  firstAt: jsonTime(one.firstAt),
  lastAt: jsonTime(one.lastAt),
})

function resultJson({ counts, ...result }: ImportResult): unknown {
  if (counts === null) return result
  return { ...result, ...counts, firstAt: jsonTime(counts.firstAt), lastAt: jsonTime(counts.lastAt) }
}

export function renderImport({ source, importId, already, counts }: ImportResult, dryRun: boolean): string {
  if (already || counts === null)
    return `This very file was imported before, as import ${importId ?? '?'}: nothing to do.\n`
  const { snapshots, groups, rows, stays, edits, firstAt, lastAt } = counts
  const what = `${counted(snapshots, 'snapshot')} of ${counted(groups, 'group')} of ${source}, ${localTime(firstAt)} to ${localTime(lastAt)}: ${counted(rows, 'row')}, ${counted(stays, 'stay')}, ${counted(edits, 'change', 'changes')} of role or name card.`
  if (dryRun) return `${what}\nNothing speaks against it. Nothing was imported.\n`
  return `${what}\nImported as ${importId ?? '?'}: it is marked as imported, and never proven. Take it back: rollcall import --source ${source} --remove ${importId ?? '?'}\n`
}

function renderImports(imports: readonly ImportShown[]): string {
  if (imports.length === 0) return 'Nothing was imported.\n'
  const rows = imports.map((one) => [
    String(one.id),
    one.source,
    clean(one.file),
    localTime(one.importedAt),
    `${localTime(one.firstAt)} to ${localTime(one.lastAt)}`,
    ...[one.groups, one.snapshots, one.stays].map(count),
  ])
  const right = (head: string) => ({ head, align: 'right' as const })
  const left = ['id', 'source', 'file', 'imported', 'snapshots from'].map((head) => ({ head }))
  return `${table([...left, ...['groups', 'snapshots', 'stays'].map(right)], rows)}\n`
}
