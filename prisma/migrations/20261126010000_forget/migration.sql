-- Accounts that are forgotten, and sources that keep no account by its own name. Neither holds a name: a pseudonym is a
-- keyed hash, and the key stands in the environment alone.

-- forgets grows with every account forgotten: whoever writes names that were read before looks at it first.
ALTER TABLE rollcall.source ADD COLUMN forgets integer NOT NULL DEFAULT 0;
ALTER TABLE rollcall.source ADD COLUMN pseudonymous boolean NOT NULL DEFAULT false;

CREATE TABLE rollcall.forgotten (
  source_no integer NOT NULL REFERENCES rollcall.source (source_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  pseudonym text NOT NULL,
  forgotten_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz, -- null: what names it in words (reasons, notes, the queue) has still to be looked through
  replaced jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (source_no, pseudonym)
);

-- A hash made with the key, to know the key again: with another one the forgotten would come back under their names.
CREATE TABLE rollcall.pseudonym_key (
  key_no integer PRIMARY KEY DEFAULT 1 CHECK (key_no = 1),
  hash text NOT NULL
);

CREATE VIEW rollcall.forgotten_accounts AS
  SELECT s.name AS source, f.pseudonym, f.forgotten_at, f.finished_at, f.replaced
  FROM rollcall.forgotten f JOIN rollcall.source s USING (source_no);
COMMENT ON VIEW rollcall.forgotten_accounts IS
  'Every account that was forgotten, by its pseudonym alone: when, and how much was replaced. `finished_at` null: `rollcall forget` broke off and has to be run again.';

SELECT rollcall.grant_reader();
