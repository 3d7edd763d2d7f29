-- Room for the rows of a file that is being imported; it goes with the transaction. An empty account stands for a snapshot that
-- has no members.
CREATE TEMPORARY TABLE import_row (
  line integer NOT NULL,
  declared integer,
  taken_at timestamptz NOT NULL,
  joined_at timestamptz,
  group_id text NOT NULL COLLATE "C",
  account_id text NOT NULL COLLATE "C",
  role text NOT NULL,
  name_card text
) ON COMMIT DROP;
