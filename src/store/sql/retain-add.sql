-- Counts what has gone.
-- Params: $1 source number, $2 stays, $3 edits, $4 events, $5 receipts
UPDATE rollcall.retention SET stays = stays + $2, edits = edits + $3, events = events + $4, reads = reads + $5 WHERE source_no = $1;
