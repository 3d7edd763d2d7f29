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
  status: async (config) => (await import('./services/read.ts')).readStatus(config),
  async *doctor(config, life) {
    yield* (await import('./services/doctor.ts')).runDoctor(config, life)
  },
  simulate: async (ask) => (await import('./services/simulate.ts')).runSimulate(ask),
  demo: async (config, ask, life) => (await import('./services/demo.ts')).runDemo(config, ask, life),
}
