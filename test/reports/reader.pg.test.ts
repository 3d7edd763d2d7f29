import pg from 'pg'
import { expect, test } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { cloneDatabase } from '../support/database.ts'

const PASSWORD = 'only-for-this-test'

test('the reader reads the reports and is refused everything else', async () => {
  const { pool, url } = await cloneDatabase()
  const role = `metabase_${process.pid}`
  await pool.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`)
  await pool.query(`GRANT rollcall_reader TO ${role}`)
  await pool.query('CREATE TABLE public.secret (n int)')
  const guest = new pg.Client({ connectionString: as(url, role) })
  await guest.connect()
  try {
    const views = await guest.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.views WHERE table_schema = 'rollcall'`,
    )
    expect(views.rows.length).toBeGreaterThan(15)
    for (const { name } of views.rows) await guest.query(`SELECT * FROM rollcall.${name} LIMIT 1`)
    await guest.query(`SELECT * FROM rollcall.growth('acme', NULL, '2024-01-01', '2024-02-01')`)
    await guest.query(`SELECT * FROM rollcall.members_at('acme', 'g', now())`)
    const refused = [
      `INSERT INTO rollcall.source (name, vendor) VALUES ('x', 'tencent')`,
      'UPDATE rollcall.member SET role = DEFAULT',
      'DELETE FROM rollcall.stay',
      'TRUNCATE rollcall.source_fact',
      'DROP VIEW rollcall.hygiene',
      'CREATE TABLE rollcall.mine (n int)',
      'CREATE TABLE public.mine (n int)',
      'SELECT * FROM public.secret',
      'SELECT * FROM pg_authid',
      `SELECT nextval('rollcall.change_id')`,
      'SELECT rollcall.refresh_facts(1)',
      'SELECT rollcall.rebuild_facts(1)',
      'SELECT rollcall.grant_reader()',
      'CREATE ROLE mine',
      `COPY rollcall.source TO PROGRAM 'cat'`,
    ]
    for (const sql of refused) await expect(guest.query(sql), sql).rejects.toMatchObject({ code: '42501' })
  } finally {
    await guest.end()
    await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  }
})

test('nobody can log in as the reader itself', async () => {
  const { pool } = await cloneDatabase()
  const { rows } = await pool.query(
    `SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'rollcall_reader'`,
  )
  expect(rows).toEqual([{ rolcanlogin: false, rolsuper: false, rolcreaterole: false, rolcreatedb: false }])
})

test('a user who may not make roles migrates all the same, whether or not the reader is there', async () => {
  const { pool, url } = await cloneDatabase({ empty: true })
  const role = `plain_${process.pid}`
  const database = new URL(url).pathname.slice(1)
  await pool.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`)
  await pool.query(`GRANT ALL ON DATABASE ${database} TO ${role}`)
  await pool.query(`GRANT ALL ON SCHEMA public TO ${role}`)
  const own = new pg.Pool({ connectionString: as(url, role), max: 2 })
  try {
    await migrate(own)
    expect((await migrate(own)).applied).toEqual([])
    await own.query(`SELECT * FROM rollcall.quality('acme')`)
  } finally {
    await own.end()
    await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  }
})

function as(url: string, role: string): string {
  const made = new URL(url)
  made.username = role
  made.password = PASSWORD
  return made.href
}
