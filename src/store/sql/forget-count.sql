-- How much was replaced of an account, on top of what earlier attempts have.
-- Params: $1 source number, $2 pseudonym, $3 counts by kind
UPDATE rollcall.forgotten f SET replaced = f.replaced || (
  SELECT jsonb_object_agg(n.kind, n.count::integer + coalesce((f.replaced ->> n.kind)::integer, 0))
  FROM jsonb_each_text($3::jsonb) AS n (kind, count))
WHERE f.source_no = $1 AND f.pseudonym = $2;
