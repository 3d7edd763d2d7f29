import { fileURLToPath } from 'node:url'

/** Files the program reads beside its code. The same expressions hold in `src/store/` and, compiled, in `dist/src/store/`. */
export const migrationsFolder = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url))
export const schemaFile = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url))
