import type { Config } from '../../config.ts'
import { type Exported, exportCsv, exportViews } from '../../store/export.ts'
import { rebuildFacts } from '../../store/reports/facts.ts'
import { runReport } from '../../store/reports/run.ts'
import type { ExportAsk, ReportAnswer, ReportAsk } from '../types.ts'
import { inContext, openContext } from './context.ts'

export function readReport(config: Config, ask: ReportAsk): Promise<ReportAnswer> {
  return inContext(config, {}, ({ pool }) => runReport(pool, ask.report, ask.with))
}

export function remakeFacts(config: Config, sources: readonly string[]): Promise<readonly string[]> {
  return inContext(config, {}, ({ pool }) => rebuildFacts(pool, sources))
}

export async function* writeExport(config: Config, ask: ExportAsk): AsyncGenerator<Exported> {
  await using context = await openContext(config)
  if (ask.take === null) {
    yield* exportViews(context.pool, ask)
    return
  }
  const [name] = ask.names
  if (name === undefined) return
  yield { name, file: '-', rows: await exportCsv(context.pool, name, ask.source, ask.take) }
}
