import type { Services } from './types.ts'

/** What stands behind the verbs, each loaded when it is asked for, so that `--help` costs nothing. */
export const services: Services = {
  migrate: async (config, life) => (await import('./services/migrate.ts')).runMigrate(config, life),
  sync: async (config, ask, life) => (await import('./services/sync.ts')).runSync(config, ask, life),
  knownSources: async (config) => (await import('./services/read.ts')).readSources(config),
  members: async (config, ask) => (await import('./services/read.ts')).readMembers(config, ask),
  async *changes(config, ask) {
    yield* (await import('./services/read.ts')).readChanges(config, ask)
  },
  explain: async (config, id, about) => (await import('./services/read.ts')).readEvidence(config, id, about),
  status: async (config) => (await import('./services/read.ts')).readStatus(config),
  report: async (config, ask) => (await import('./services/report.ts')).readReport(config, ask),
  rebuildFacts: async (config, sources) => (await import('./services/report.ts')).remakeFacts(config, sources),
  async *export(config, ask) {
    yield* (await import('./services/report.ts')).writeExport(config, ask)
  },
  async *doctor(config, life) {
    yield* (await import('./services/doctor.ts')).runDoctor(config, life)
  },
  keptFrom: async (config, source) => (await import('./services/retain.ts')).readKept(config, source),
  retain: async (config, ask, life) => (await import('./services/retain.ts')).runRetain(config, ask, life),
  simulate: async (ask) => (await import('./services/simulate.ts')).runSimulate(ask),
  demo: async (config, ask, life) => (await import('./services/demo.ts')).runDemo(config, ask, life),
  forget: async (config, ask, life) => (await import('./services/forget.ts')).runForget(config, ask, life),
  imports: {
    run: async (config, ask, life) => (await import('./services/import.ts')).imports.run(config, ask, life),
    list: async (config, source) => (await import('./services/import.ts')).imports.list(config, source),
    remove: async (config, source, id) => (await import('./services/import.ts')).imports.remove(config, source, id),
  },
  held: {
    list: async (config, ask) => (await import('./services/held.ts')).held.list(config, ask),
    approve: async (config, id, life) => (await import('./services/held.ts')).held.approve(config, id, life),
    reject: async (config, id) => (await import('./services/held.ts')).held.reject(config, id),
  },
  queue: {
    work: async (config, ask, life) => {
      const { runWork } = await import('./services/work.ts')
      const beside = ask.schedules ? [(await import('./services/page-queued.ts')).pageBeside] : []
      return runWork(config, ask, life, beside)
    },
    resync: async (config, ask, life) => (await import('./services/resync.ts')).runResync(config, ask, life),
    schedules: async (config) => (await import('./services/work.ts')).listSchedules(config),
    applySchedules: async (config) => (await import('./services/work.ts')).runApply(config),
  },
}
