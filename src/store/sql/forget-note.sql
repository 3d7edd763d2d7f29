-- Notes that an account is forgotten, by its pseudonym alone. From the end of the transaction on no read brings its name in.
-- Params: $1 source number, $2 pseudonym
INSERT INTO rollcall.forgotten AS f (source_no, pseudonym) VALUES ($1, $2)
ON CONFLICT (source_no, pseudonym) DO UPDATE SET finished_at = NULL
RETURNING f.forgotten_at, f.xmax <> 0 AS before;
