-- Makes the schedules equal to a list; one that has not changed keeps its last tick.
-- Params: $1 schedules as a JSON array
WITH wanted AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS w (source text, pattern text, timezone text)
), dropped AS (
  DELETE FROM rollcall.schedule s WHERE NOT EXISTS (SELECT FROM wanted w WHERE w.source = s.source)
)
INSERT INTO rollcall.schedule AS s (source, pattern, timezone) SELECT source, pattern, timezone FROM wanted
ON CONFLICT (source) DO UPDATE SET pattern = excluded.pattern, timezone = excluded.timezone, applied_at = clock_timestamp()
WHERE (s.pattern, s.timezone) IS DISTINCT FROM (excluded.pattern, excluded.timezone);
