-- The rate limiter's rows. Unlogged: a place costs no write to the log; a crash of the server forgets them, which
-- gives nobody more than one place too early.
CREATE UNLOGGED TABLE rollcall.limit_row (
  source text NOT NULL,
  endpoint text NOT NULL,
  next_ms double precision NOT NULL DEFAULT 0,
  factor double precision NOT NULL DEFAULT 1,
  slowed_ms double precision NOT NULL DEFAULT 0,
  closed_ms double precision NOT NULL DEFAULT 0,
  wait_ms double precision NOT NULL DEFAULT 0,
  taken boolean NOT NULL DEFAULT false,
  PRIMARY KEY (source, endpoint)
) WITH (fillfactor = 20); -- updated in place, hundreds of times a second

CREATE FUNCTION rollcall.limit_now() RETURNS double precision LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN extract(epoch FROM clock_timestamp())::double precision * 1000;
END $$;

-- The part of the full rate in force: it grows back by half in 100 s.
CREATE FUNCTION rollcall.limit_factor(factor double precision, slowed_ms double precision, now_ms double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
  SELECT least(1, factor + greatest(0, now_ms - slowed_ms) * 0.000005)
$$;

CREATE FUNCTION rollcall.limit_door(of_source text) RETURNS double precision LANGUAGE sql VOLATILE AS $$
  SELECT coalesce((SELECT closed_ms FROM rollcall.limit_row WHERE source = of_source AND endpoint = ''), 0)
$$;

-- The next free place of a row, and whether it is near enough to be taken. Places far ahead are left over from a clock
-- that was set back.
CREATE FUNCTION rollcall.limit_place(free_ms double precision, factor double precision, slowed_ms double precision,
  closed_ms double precision, door_ms double precision, step_ms double precision, horizon_ms double precision,
  OUT next_ms double precision, OUT wait_ms double precision, OUT taken boolean)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  now_ms double precision := extract(epoch FROM clock_timestamp())::double precision * 1000;
  place_ms double precision;
BEGIN
  place_ms := greatest(now_ms, CASE WHEN free_ms > now_ms + 600000 THEN now_ms ELSE free_ms END, closed_ms, door_ms);
  wait_ms := place_ms - now_ms;
  taken := wait_ms <= horizon_ms;
  next_ms := CASE WHEN taken THEN place_ms + step_ms / rollcall.limit_factor(factor, slowed_ms, now_ms) ELSE free_ms END;
END $$;

-- What somebody asked for and no run has answered yet. The same ask waiting twice is one.
CREATE TABLE rollcall.ask (
  ask_no serial PRIMARY KEY,
  source_no integer NOT NULL REFERENCES rollcall.source (source_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  trigger text NOT NULL CHECK (trigger IN ('schedule', 'manual', 'webhook')),
  scope text NOT NULL, -- JSON of groups and accounts in order; "all" for the whole source
  urgent boolean NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  poked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  run_no integer REFERENCES rollcall.run (run_no) ON DELETE SET NULL ON UPDATE CASCADE,
  ended_at timestamptz,
  note text
);
CREATE UNIQUE INDEX ask_waiting ON rollcall.ask (source_no, scope) WHERE run_no IS NULL AND ended_at IS NULL;
CREATE INDEX ask_run_no_idx ON rollcall.ask (run_no);

-- A run under way that many workers share: there while it is open, gone when it has ended.
CREATE TABLE rollcall.run_work (
  run_no integer PRIMARY KEY REFERENCES rollcall.run (run_no) ON DELETE CASCADE ON UPDATE CASCADE,
  source_no integer NOT NULL,
  whole boolean NOT NULL,
  urgent boolean NOT NULL,
  stopped text,
  problems integer NOT NULL DEFAULT 0,
  notes text[] NOT NULL DEFAULT '{}',
  poked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- One run of a whole source at a time, whoever starts it.
CREATE UNIQUE INDEX run_work_one_whole ON rollcall.run_work (source_no) WHERE whole;

-- A piece of a run for one job. The token counts its attempts: who comes with an older one may not write any more.
CREATE TABLE rollcall.run_part (
  run_no integer NOT NULL REFERENCES rollcall.run_work (run_no) ON DELETE CASCADE ON UPDATE CASCADE,
  part_no integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('list', 'accounts', 'batch', 'group')),
  token integer NOT NULL DEFAULT 0,
  done boolean NOT NULL DEFAULT false,
  calls jsonb NOT NULL DEFAULT '{}',
  rate_limited integer NOT NULL DEFAULT 0,
  poked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_no, part_no)
);

-- The groups of a run: which part reads them, and what came of it.
CREATE TABLE rollcall.run_group (
  run_no integer NOT NULL REFERENCES rollcall.run_work (run_no) ON DELETE CASCADE ON UPDATE CASCADE,
  group_id text NOT NULL,
  part_no integer,
  type text,
  member_count integer,
  known boolean NOT NULL,
  self jsonb,
  done boolean NOT NULL DEFAULT false,
  outcome text,
  rows_read integer NOT NULL DEFAULT 0,
  joined integer NOT NULL DEFAULT 0,
  "left" integer NOT NULL DEFAULT 0,
  changed integer NOT NULL DEFAULT 0,
  unchanged boolean NOT NULL DEFAULT false,
  problem text,
  PRIMARY KEY (run_no, group_id)
);
CREATE INDEX run_group_run_no_part_no_idx ON rollcall.run_group (run_no, part_no);

-- The accounts whose lists of groups a run reads.
CREATE TABLE rollcall.run_account (
  run_no integer NOT NULL REFERENCES rollcall.run_work (run_no) ON DELETE CASCADE ON UPDATE CASCADE,
  account_id text NOT NULL,
  part_no integer,
  done boolean NOT NULL DEFAULT false,
  PRIMARY KEY (run_no, account_id)
);
CREATE INDEX run_account_run_no_part_no_idx ON rollcall.run_account (run_no, part_no);

-- The pages of a walk of one large group, in order: folded again they are the walk, so that another worker goes on.
CREATE TABLE rollcall.walk_page (
  run_no integer NOT NULL REFERENCES rollcall.run_work (run_no) ON DELETE CASCADE ON UPDATE CASCADE,
  group_id text NOT NULL,
  page_no integer NOT NULL,
  began_at timestamptz NOT NULL,
  event text NOT NULL,
  PRIMARY KEY (run_no, group_id, page_no)
);

-- The schedules as they were last applied, and the last tick that somebody took.
CREATE TABLE rollcall.schedule (
  source text PRIMARY KEY,
  pattern text NOT NULL,
  timezone text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  tick_at timestamptz,
  skipped_at timestamptz
);
