-- An ask may name thousands of groups, more than an index entry holds: its digest tells the same ask from another.
DROP INDEX rollcall.ask_waiting;
CREATE UNIQUE INDEX ask_waiting ON rollcall.ask (source_no, md5(scope)) WHERE run_no IS NULL AND ended_at IS NULL;

-- Groups that a webhook said to look at, until an ask takes them along: many events of a group are one row. moves is what
-- they said of accounts, `[{"account", "kind": "joined"|"left", "at": ms}]`; nothing is written from it but bounds.
CREATE TABLE rollcall.hint (
  source_no integer NOT NULL REFERENCES rollcall.source (source_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  group_id text NOT NULL,
  hinted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  events integer NOT NULL,
  moves jsonb NOT NULL,
  PRIMARY KEY (source_no, group_id)
);

-- What the vendor said of accounts, kept until the run that looks has ended: it bounds what that run proves.
CREATE TABLE rollcall.hint_move (
  ask_no integer NOT NULL REFERENCES rollcall.ask (ask_no) ON DELETE CASCADE ON UPDATE CASCADE,
  group_id text NOT NULL,
  account_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('joined', 'left')),
  at timestamptz NOT NULL,
  PRIMARY KEY (ask_no, group_id, account_id, kind)
);
SELECT rollcall.grant_reader();
