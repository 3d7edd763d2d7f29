import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import * as engineCode from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

type Engine = engineCode.SchemaEngine

/** What Prisma's own engine would do to make this database equal to that schema, as SQL; empty when they are equal. */
export async function diffToSchema(url: string, schema: string): Promise<string> {
  const files = [{ path: 'schema.prisma', content: schema }]
  const { stdout } = await withEngine(url, schema, (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    }),
  )
  const script = (stdout ?? '').replaceAll(SHARED_SEQUENCE, '').trim()
  return script === '-- This is an empty migration.' ? '' : script
}

/**
 * Prisma has no word for a sequence that columns share. It reads such a default of the database as a sequence of the
 * column's own and that of the schema as free SQL, and would set it and drop it: this, for one column, and nothing else.
 */
const SHARED_SEQUENCE =
  /-- AlterTable\nALTER TABLE "rollcall"\."\w+" ALTER COLUMN "(\w+)" SET DEFAULT nextval\('rollcall\.(\w+)'::regclass\),\nALTER COLUMN "\1" DROP DEFAULT;\nDROP SEQUENCE "\2";/g

/** Prisma's `migrate deploy`: the names it applied. */
export async function prismaDeploy(url: string, schema: string, folder: string): Promise<string[]> {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const migrationDirectories = names.map(({ name }) => ({
    path: name,
    migrationFile: {
      path: 'migration.sql',
      content: { tag: 'ok' as const, value: readFileSync(join(folder, name, 'migration.sql'), 'utf8') },
    },
  }))
  const { appliedMigrationNames } = await withEngine(url, schema, (engine) =>
    engine.applyMigrations({
      migrationsList: {
        baseDir: folder,
        lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
        shadowDbInitScript: '',
        migrationDirectories,
      },
      filters: { externalTables: [], externalEnums: [] },
    }),
  )
  return appliedMigrationNames
}

async function withEngine<T>(url: string, schema: string, work: (engine: Engine) => Promise<T>): Promise<T> {
  const panicked = loadEngine()
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(charAware(pool))
    const engine = await engineCode.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, factory)
    return await Promise.race([work(engine), panicked])
  } finally {
    await pool.end()
  }
}

// Neither the library of ES2023 nor Node's types describe these two.
interface Host {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object
    Instance: new (module: object, imports: object) => { exports: { __wbindgen_start(): void } }
  }
  PRISMA_WASM_PANIC_REGISTRY?: { set_message(message: string): void }
}

let loaded = false

/** The package imports its .wasm file as a module, which Node 20 does not do: so it is put together by hand. */
function loadEngine(): Promise<never> {
  const host = globalThis as unknown as Host
  if (!loaded) {
    const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
    const module = new host.WebAssembly.Module(readFileSync(join(folder, 'schema_engine_bg.wasm')))
    const { exports } = new host.WebAssembly.Instance(module, { './schema_engine_bg.js': { ...engineCode } })
    engineCode.__wbg_set_wasm(exports)
    exports.__wbindgen_start()
    loaded = true
  }
  // An engine that panics answers nothing at all, for ever.
  return new Promise((_, reject) => {
    host.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => reject(new Error(message)) }
  })
}

const CHAR = 18
const TEXT = 25

/** adapter-pg does not know the type "char", which the engine reads from the catalogue and wants as Character. */
function charAware(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const charColumns = new WeakMap<object, number[]>()
  const ask = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult>
  pool.query = (async (...args: unknown[]) => {
    const result = await ask(...args)
    const columns = [...result.fields.keys()].filter((index) => result.fields[index]?.dataTypeID === CHAR)
    for (const field of result.fields) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT
    charColumns.set(result.rows, columns)
    return result
  }) as typeof pool.query

  const plain = new PrismaPg(pool)
  const connect = async () => {
    const adapter = await plain.connect()
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query)
      for (const column of charColumns.get(result.rows) ?? []) result.columnTypes[column] = ColumnTypeEnum.Character
      return result
    }
    // The adapter cuts scripts at every semicolon, also within functions and comments; the real command line does not.
    adapter.executeScript = async (script) => void (await ask(script))
    return adapter
  }
  // The engine compares a live database with a schema here, so it never asks for a shadow database.
  return { provider: plain.provider, adapterName: plain.adapterName, connect, connectToShadowDb: connect }
}
