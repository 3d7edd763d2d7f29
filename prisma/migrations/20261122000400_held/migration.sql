-- What the guard holds back: leaves of one group that are too many at once, or a group dissolved together with too many
-- others. One case a group; it waits for a person, and the members stay on the roll meanwhile.
CREATE TABLE rollcall.held (
  held_no serial PRIMARY KEY,
  source_no integer NOT NULL REFERENCES rollcall.source (source_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  group_no integer NOT NULL REFERENCES rollcall.chat_group (group_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  run_no integer NOT NULL, -- the newest run that held it
  kind text NOT NULL CHECK (kind IN ('leaves', 'dissolved')),
  members integer NOT NULL,
  reason text NOT NULL,
  since timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  rejected_at timestamptz
);
CREATE UNIQUE INDEX held_group_no_key ON rollcall.held (group_no);
CREATE INDEX held_run_no_idx ON rollcall.held (run_no);

CREATE TABLE rollcall.held_account (
  held_no integer NOT NULL REFERENCES rollcall.held (held_no) ON DELETE CASCADE ON UPDATE CASCADE,
  account_id text NOT NULL,
  PRIMARY KEY (held_no, account_id)
);

-- Groups that the vendor says are gone, in a run that workers share: how many they are is known when the run ends.
CREATE TABLE rollcall.gone_waiting (
  run_no integer NOT NULL REFERENCES rollcall.run_work (run_no) ON DELETE CASCADE ON UPDATE CASCADE,
  group_id text NOT NULL,
  began_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  reason text,
  PRIMARY KEY (run_no, group_id)
);
