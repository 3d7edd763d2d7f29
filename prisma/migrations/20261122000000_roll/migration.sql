-- The roll and its history. Only the views and functions at the end are for users; the tables may change.
CREATE SCHEMA IF NOT EXISTS rollcall;

CREATE TYPE rollcall.member_role AS ENUM ('owner', 'admin', 'member');
CREATE TYPE rollcall.edit_kind AS ENUM ('role', 'name_card', 'muted', 'attributes');
CREATE TYPE rollcall.read_outcome AS ENUM ('complete', 'partial', 'gone', 'forbidden', 'unlistable', 'failed');

-- One sequence for all member changes: member_changes.id.
CREATE SEQUENCE rollcall.change_id;

CREATE TABLE rollcall.source (
  source_no serial PRIMARY KEY,
  name text NOT NULL,
  vendor text NOT NULL
);
CREATE UNIQUE INDEX source_name_key ON rollcall.source (name);

CREATE TABLE rollcall.run (
  run_no serial PRIMARY KEY,
  source_no integer NOT NULL REFERENCES rollcall.source (source_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  trigger text NOT NULL CHECK (trigger IN ('schedule', 'manual', 'webhook')),
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  verdict text CHECK (verdict IN ('complete', 'partial', 'failed')),
  reason text,
  groups_seen integer NOT NULL DEFAULT 0,
  groups_complete integer NOT NULL DEFAULT 0,
  groups_partial integer NOT NULL DEFAULT 0,
  groups_gone integer NOT NULL DEFAULT 0,
  groups_failed integer NOT NULL DEFAULT 0,
  groups_unchanged integer NOT NULL DEFAULT 0,
  members_read bigint NOT NULL DEFAULT 0,
  members_joined bigint NOT NULL DEFAULT 0,
  members_left bigint NOT NULL DEFAULT 0,
  members_changed bigint NOT NULL DEFAULT 0,
  members_held bigint NOT NULL DEFAULT 0,
  calls jsonb NOT NULL DEFAULT '{}',
  rate_limited integer NOT NULL DEFAULT 0,
  duration_ms bigint
);
CREATE INDEX run_source_no_run_no_idx ON rollcall.run (source_no, run_no);

CREATE TABLE rollcall.chat_group (
  group_no serial PRIMARY KEY,
  source_no integer NOT NULL REFERENCES rollcall.source (source_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  group_id text NOT NULL,
  type text NOT NULL,
  name text,
  owner_id text,
  member_count integer,
  max_members integer,
  mute_all boolean,
  join_mode text CHECK (join_mode IN ('free', 'approval', 'closed')),
  created_at timestamptz,
  attributes jsonb,
  live jsonb,
  print bigint NOT NULL,
  first_seen_at timestamptz NOT NULL,
  dissolved_at timestamptz,
  wanted boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX chat_group_source_no_group_id_key ON rollcall.chat_group (source_no, group_id);

CREATE TABLE rollcall.roll_state (
  group_no integer PRIMARY KEY REFERENCES rollcall.chat_group (group_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  version integer NOT NULL DEFAULT 0,
  rows integer NOT NULL DEFAULT 0,
  print bigint NOT NULL DEFAULT 0,
  live_print integer NOT NULL DEFAULT 0,
  unseen integer NOT NULL DEFAULT 0,
  read_began_at timestamptz,
  read_ended_at timestamptz,
  first_complete_at timestamptz,
  complete_began_at timestamptz,
  complete_ended_at timestamptz
) WITH (fillfactor = 50); -- every read updates its row in place

-- Columns stand in the order that needs no padding.
CREATE TABLE rollcall.member (
  first_seen_at timestamptz NOT NULL,
  start_at timestamptz NOT NULL,
  start_not_before timestamptz,
  join_id bigint NOT NULL DEFAULT nextval('rollcall.change_id'),
  print bigint NOT NULL,
  group_no integer NOT NULL,
  start_run integer NOT NULL,
  live_print integer NOT NULL,
  role rollcall.member_role NOT NULL,
  account_id text NOT NULL,
  edited boolean NOT NULL DEFAULT false,
  name_card text,
  muted_until timestamptz,
  joined_at timestamptz,
  last_spoke_at timestamptz,
  attributes jsonb,
  live jsonb,
  unseen_from timestamptz,
  PRIMARY KEY (group_no, account_id)
);
CREATE INDEX member_account_id_idx ON rollcall.member (account_id);

CREATE TABLE rollcall.stay (
  first_seen_at timestamptz NOT NULL,
  start_at timestamptz NOT NULL,
  start_not_before timestamptz,
  end_at timestamptz NOT NULL,
  end_not_before timestamptz NOT NULL,
  join_id bigint NOT NULL,
  left_id bigint NOT NULL DEFAULT nextval('rollcall.change_id'),
  group_no integer NOT NULL,
  start_run integer NOT NULL,
  end_run integer NOT NULL,
  role rollcall.member_role NOT NULL,
  account_id text NOT NULL,
  edited boolean NOT NULL DEFAULT false,
  name_card text,
  muted_until timestamptz,
  joined_at timestamptz,
  attributes jsonb,
  PRIMARY KEY (group_no, account_id, start_at),
  CHECK (start_at < end_at)
);
CREATE INDEX stay_account_id_idx ON rollcall.stay (account_id);

CREATE TABLE rollcall.member_edit (
  id bigint PRIMARY KEY DEFAULT nextval('rollcall.change_id'),
  group_no integer NOT NULL,
  run_no integer NOT NULL,
  account_id text NOT NULL,
  kind rollcall.edit_kind NOT NULL,
  at timestamptz NOT NULL,
  not_before timestamptz NOT NULL,
  old jsonb NOT NULL,
  new jsonb NOT NULL
);
CREATE INDEX member_edit_group_no_account_id_id_idx ON rollcall.member_edit (group_no, account_id, id);

CREATE TABLE rollcall.group_event (
  id bigserial PRIMARY KEY,
  group_no integer NOT NULL,
  run_no integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('created', 'renamed', 'owner', 'updated', 'dissolved', 'reappeared')),
  at timestamptz NOT NULL,
  not_before timestamptz,
  old jsonb,
  new jsonb
);
CREATE INDEX group_event_group_no_id_idx ON rollcall.group_event (group_no, id);

CREATE TABLE rollcall.group_read (
  run_no integer NOT NULL REFERENCES rollcall.run (run_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  group_id text NOT NULL,
  began_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  outcome rollcall.read_outcome NOT NULL,
  vendor_count integer,
  rows_read integer NOT NULL,
  passes integer NOT NULL,
  calls integer NOT NULL,
  reason text,
  PRIMARY KEY (run_no, group_id)
);

CREATE TABLE rollcall.bad_record (
  id bigserial PRIMARY KEY,
  run_no integer NOT NULL,
  group_id text NOT NULL,
  account_id text,
  field text NOT NULL,
  reason text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX bad_record_run_no_idx ON rollcall.bad_record (run_no);

-- The database itself refuses overlapping stays: of closed ones with each other, and of a lasting one with closed ones.
-- (member's primary key allows one lasting stay.) Two writers of one group wait for each other here, and the statement
-- that looks for an overlap then sees what the other has committed; a snapshot older than that would not, so such an
-- isolation level is refused.
CREATE FUNCTION rollcall.refuse_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  clash record;
BEGIN
  IF current_setting('transaction_isolation') = 'repeatable read' THEN
    RAISE EXCEPTION 'rollcall: stays are written at isolation level read committed or serializable';
  END IF;
  PERFORM 1 FROM rollcall.chat_group WHERE group_no IN (SELECT group_no FROM fresh)
    ORDER BY group_no FOR NO KEY UPDATE;
  IF TG_TABLE_NAME = 'member' THEN
    IF NOT EXISTS (SELECT FROM rollcall.stay WHERE group_no IN (SELECT group_no FROM fresh)) THEN
      RETURN NULL;
    END IF;
    SELECT f.group_no, f.account_id INTO clash FROM fresh f
      JOIN rollcall.stay s USING (group_no, account_id) WHERE s.end_at > f.start_at LIMIT 1;
  ELSE
    SELECT f.group_no, f.account_id INTO clash FROM fresh f
      JOIN rollcall.stay s USING (group_no, account_id)
      WHERE s.start_at <> f.start_at AND s.start_at < f.end_at AND f.start_at < s.end_at LIMIT 1;
    IF NOT FOUND THEN
      SELECT f.group_no, f.account_id INTO clash FROM fresh f
        JOIN rollcall.member m USING (group_no, account_id) WHERE f.end_at > m.start_at LIMIT 1;
    END IF;
  END IF;
  IF FOUND THEN
    RAISE EXCEPTION 'rollcall: a stay of % in group % would overlap another', clash.account_id, clash.group_no
      USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER no_overlap AFTER INSERT ON rollcall.member
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rollcall.refuse_overlap();
CREATE TRIGGER no_overlap AFTER INSERT ON rollcall.stay
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rollcall.refuse_overlap();

CREATE FUNCTION rollcall.refuse_new_bounds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rollcall: the bounds of a stay never change (% in group %)', OLD.account_id, OLD.group_no
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER bounds_stay BEFORE UPDATE OF group_no, start_at ON rollcall.member
  FOR EACH ROW EXECUTE FUNCTION rollcall.refuse_new_bounds();
CREATE TRIGGER bounds_stay BEFORE UPDATE OF group_no, start_at, end_at ON rollcall.stay
  FOR EACH ROW EXECUTE FUNCTION rollcall.refuse_new_bounds();
