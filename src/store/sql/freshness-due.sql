-- The groups of a source that most need a read, the neediest first. Need is the age of the newest read as a part of the
-- target, more for groups that reads have often found changed: so a quiet group is late at most by a bounded factor, and
-- never for ever. Groups that could not be read for ten targets wait for the next run of the whole source. Nothing while
-- scheduled work of the source waits or is under way.
-- Params: $1 source, $2 target in ms, $3 how many at the most
WITH aged AS (
  SELECT g.group_id, r.version,
    extract(epoch FROM clock_timestamp() - r.read_ended_at) * 1000 / $2::float8 AS targets,
    greatest(extract(epoch FROM r.read_ended_at - g.first_seen_at) / 86400, 1) AS days
  FROM rollcall.source s JOIN rollcall.chat_group g USING (source_no) JOIN rollcall.roll_state r USING (group_no)
  WHERE s.name = $1 AND g.wanted AND g.dissolved_at IS NULL AND r.first_complete_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM rollcall.run_work w WHERE w.source_no = s.source_no AND w.whole)
    AND NOT EXISTS (SELECT FROM rollcall.ask a
      WHERE a.source_no = s.source_no AND a.trigger = 'schedule' AND a.ended_at IS NULL)
)
SELECT group_id FROM aged, LATERAL (SELECT targets * (1 + ln(1 + version / days)) AS need) n
WHERE need >= 0.75 AND targets < 10
ORDER BY need DESC LIMIT $3;
