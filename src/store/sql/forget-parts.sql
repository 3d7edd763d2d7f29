-- Shuts out every attempt at a part of a source that is under way: it may hold names read before. The watch of a worker soon
-- has the parts begun anew.
-- Params: $1 source number
UPDATE rollcall.run_part p SET token = p.token + 1, poked_at = least(p.poked_at, clock_timestamp() - interval '30 seconds')
FROM rollcall.run_work w WHERE w.run_no = p.run_no AND w.source_no = $1 AND NOT p.done;
