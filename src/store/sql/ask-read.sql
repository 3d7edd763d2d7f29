-- One ask.
-- Params: $1 its number
SELECT a.ask_no, s.name AS source, a.trigger, a.scope, a.urgent, a.run_no, a.ended_at IS NOT NULL AS ended, a.note
FROM rollcall.ask a JOIN rollcall.source s USING (source_no) WHERE a.ask_no = $1;
