-- What a run that read nearly all of a source, and walked it, cost: the newest such run. No row where there was none.
-- Params: $1 source
SELECT r.calls, r.groups_seen AS groups
FROM rollcall.run r JOIN rollcall.source s USING (source_no)
WHERE s.name = $1 AND r.verdict IN ('complete', 'partial') AND r.groups_seen > 0
  AND r.groups_seen - r.groups_unwalked >= 0.9 * (SELECT count(*) FROM rollcall.chat_group g
    WHERE g.source_no = s.source_no AND g.wanted AND g.dissolved_at IS NULL)
ORDER BY r.run_no DESC LIMIT 1;
