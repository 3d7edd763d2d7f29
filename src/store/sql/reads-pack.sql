-- Receipts of complete reads that found everything as it was, or of reads of the details alone, those of one moment in one row.
-- Params: $1 run, $2 began, $3 ended, $4 passes, $5 calls, $6 does the vendor count?, $7 group numbers, $8 rows read
--   (of the details alone: the vendor's counts), $9 outcome
INSERT INTO rollcall.receipt_pack (run_no, began_at, ended_at, passes, calls, counted, group_nos, rows_read, outcome)
VALUES ($1, $2, $3, $4, $5, $6, $7::integer[], $8::integer[], $9::rollcall.read_outcome);
