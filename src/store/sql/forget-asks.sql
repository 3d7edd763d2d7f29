-- Asks under another name. One that waits is ended where the same one waits already.
-- Params: $1 number, $2 scope
UPDATE rollcall.ask a SET scope = $2,
  ended_at = CASE WHEN t.twice THEN clock_timestamp() ELSE a.ended_at END,
  note = CASE WHEN t.twice THEN 'asked for twice' ELSE a.note END
FROM (
  SELECT EXISTS (SELECT FROM rollcall.ask o JOIN rollcall.ask m ON m.ask_no = $1 AND m.run_no IS NULL AND m.ended_at IS NULL
    WHERE o.source_no = m.source_no AND md5(o.scope) = md5($2) AND o.run_no IS NULL AND o.ended_at IS NULL) AS twice
) t
WHERE a.ask_no = $1;
