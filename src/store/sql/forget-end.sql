-- Nothing names the account any more.
-- Params: $1 source number, $2 pseudonym, $3 sentences changed at last, as JSON
UPDATE rollcall.forgotten f SET finished_at = clock_timestamp(), replaced = f.replaced || jsonb_build_object('sentences',
  coalesce((f.replaced ->> 'sentences')::integer, 0) + ($3::jsonb ->> 'sentences')::integer)
WHERE f.source_no = $1 AND f.pseudonym = $2;
