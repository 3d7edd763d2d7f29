import { type BasicType, fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import pg, { type PoolClient } from 'pg'

/** Rows held at one time, and in one row group of the file. */
const GROUP = 20_000
/** Parquet knows no infinity: a mute for ever ends with the calendar. */
const FOR_EVER = new Date(Date.UTC(9999, 11, 31, 23, 59, 59, 999))

const TYPES = new Map<number, BasicType>([
  [pg.types.builtins.BOOL, 'BOOLEAN'],
  [pg.types.builtins.INT4, 'INT32'],
  [pg.types.builtins.INT8, 'INT64'],
  [pg.types.builtins.TIMESTAMPTZ, 'TIMESTAMP'],
])

/** Writes what a SELECT gives as a Parquet file (Snappy), through a cursor, a row group at a time. Returns the number of rows. */
export async function writeParquet(client: PoolClient, select: string, file: string): Promise<number> {
  await client.query(`DECLARE export NO SCROLL CURSOR FOR ${select}`)
  let parquet: ParquetWriter | null = null
  let count = 0
  for (;;) {
    const { fields, rows } = await client.query<unknown[]>({
      text: `FETCH ${GROUP} FROM export`,
      rowMode: 'array',
      types: { getTypeParser },
    })
    const columnData = fields.map((field, place) => ({
      name: field.name,
      data: rows.map((row) => row[place]),
      type: TYPES.get(field.dataTypeID) ?? ('STRING' as const),
      offsetIndex: false, // it would grow with the file and stay in memory to its end
    }))
    parquet ??= new ParquetWriter({
      writer: fileWriter(file),
      schema: schemaFromColumnData({ columnData }),
      createdBy: 'rollcall',
    })
    if (rows.length > 0) await parquet.write({ columnData, rowGroupSize: GROUP })
    count += rows.length
    if (rows.length < GROUP) break
  }
  await client.query('CLOSE export')
  await parquet.finish()
  return count
}

/** Integers and times as values; JSON, enums and all else as PostgreSQL writes them. */
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (oid: number) => {
  switch (oid) {
    case pg.types.builtins.BOOL:
      return (text: string) => text === 't'
    case pg.types.builtins.INT4:
      return Number
    case pg.types.builtins.INT8:
      return BigInt
    case pg.types.builtins.TIMESTAMPTZ:
      return time
    default:
      return (text: string) => text
  }
}

/** `2026-01-02 03:04:05.678+00`: the session's zone is UTC. */
function time(text: string): Date {
  if (text === 'infinity') return FOR_EVER
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
}
