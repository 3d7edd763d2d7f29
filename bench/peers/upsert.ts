import type { Pool } from 'pg'
import { COLUMNS, type Row, slices } from './rows.ts'

/** Multi-row `INSERT … VALUES … ON CONFLICT DO UPDATE`, a thousand rows a statement: what hand-written sync scripts do. */
export async function upsertRows(pool: Pool, rows: Iterable<Row>): Promise<void> {
  const names = COLUMNS.map(([name]) => name)
  const keys: readonly string[] = ['group_no', 'account_id']
  const kept: readonly string[] = ['first_seen_at', 'start_at', 'start_run']
  const updates = names.filter((name) => !keys.includes(name) && !kept.includes(name))
  for (const slice of slices(rows, 1000)) {
    let place = 0
    const values = slice.map(() => `(${COLUMNS.map(([, type]) => `$${++place}::${type}`).join(',')})`)
    await pool.query(
      `INSERT INTO rollcall.member (${names.join(',')}) VALUES ${values.join(',')}
       ON CONFLICT (group_no, account_id) DO UPDATE SET ${updates.map((name) => `${name} = excluded.${name}`).join(', ')}`,
      slice.flat(),
    )
  }
}

/**
 * The history peer: system-period versioning by a row trigger that keeps every old version, as the documentation of the
 * temporal_tables family (the PostgreSQL extension and nearform's PL/pgSQL form of it) describes: `versioning(sys_period,
 * history_table, true)`. Written here from that documentation; neither project's code is used.
 */
export async function addVersioning(pool: Pool): Promise<void> {
  await pool.query(`
    ALTER TABLE rollcall.member ADD COLUMN sys_period tstzrange NOT NULL DEFAULT tstzrange(current_timestamp, null);
    CREATE TABLE rollcall.member_history (LIKE rollcall.member);
    CREATE INDEX ON rollcall.member_history (group_no, account_id);
    CREATE FUNCTION rollcall.versioning() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      started timestamptz;
      moment timestamptz := current_timestamp;
    BEGIN
      IF TG_OP = 'UPDATE' OR TG_OP = 'DELETE' THEN
        EXECUTE format('SELECT lower($1.%I)', TG_ARGV[0]) USING OLD INTO started;
        -- The argument "adjust": a version must not be empty.
        IF started >= moment THEN
          moment := started + interval '1 microsecond';
        END IF;
        OLD.sys_period := tstzrange(started, moment);
        EXECUTE format('INSERT INTO %s SELECT ($1).*', TG_ARGV[1]) USING OLD;
      END IF;
      IF TG_OP = 'DELETE' THEN
        RETURN OLD;
      END IF;
      NEW.sys_period := tstzrange(moment, null);
      RETURN NEW;
    END $$;
    CREATE TRIGGER versioning BEFORE INSERT OR UPDATE OR DELETE ON rollcall.member
      FOR EACH ROW EXECUTE FUNCTION rollcall.versioning('sys_period', 'rollcall.member_history', 'true');
  `)
}
