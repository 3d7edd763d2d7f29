-- What lists of a run under way say of an account's own memberships.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.run_group g SET self = (
  SELECT jsonb_agg(CASE WHEN m.self ->> 'accountId' = $2
    THEN m.self || jsonb_build_object('accountId', $3::text, 'nameCard', NULL, 'attributes', NULL, 'live', NULL) ELSE m.self END
    ORDER BY m.place)
  FROM jsonb_array_elements(g.self) WITH ORDINALITY AS m (self, place))
FROM rollcall.run_work w WHERE w.run_no = g.run_no AND w.source_no = $1
  AND g.self @> jsonb_build_array(jsonb_build_object('accountId', $2::text));
