-- What webhooks said of an account, of groups that wait to be looked at.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.hint h SET moves = (
  SELECT jsonb_agg(CASE WHEN m.move ->> 'account' = $2 THEN jsonb_set(m.move, '{account}', to_jsonb($3::text)) ELSE m.move END
    ORDER BY m.place)
  FROM jsonb_array_elements(h.moves) WITH ORDINALITY AS m (move, place))
WHERE h.source_no = $1 AND h.moves @> jsonb_build_array(jsonb_build_object('account', $2::text));
