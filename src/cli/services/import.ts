import { UsageError } from '../../core/errors.ts'
import { listImports, removeImport } from '../../store/imports.ts'
import { importFile } from '../../sync/import/import-file.ts'
import type { ImportServices } from '../import-types.ts'
import { inContext, namedBy } from './context.ts'

export const imports: ImportServices = {
  run: (config, { source: name, ...ask }, life) =>
    inContext(config, { signal: life.signal }, async (context) => {
      const source = config.sources.find((one) => one.name === name)
      if (source === undefined) throw new UsageError(`--source: there is no source "${name}" in ${config.configPath}`)
      return importFile(context, namedBy(source, context), ask, life.signal)
    }),
  list: (config, source) => inContext(config, {}, ({ pool }) => listImports(pool, source)),
  remove: (config, source, id) => inContext(config, {}, ({ pool }) => removeImport(pool, source, id)),
}
