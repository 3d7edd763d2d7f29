-- Ends the sessions of this role and database that have waited for the new stays of a COPY for long, and says which were there to
-- end. Other COPYs (an import reads its file meanwhile) hold nothing that a sync waits for, and are left alone.
-- Params: $1 how long since the statement began, in ms
SELECT pg_terminate_backend(a.pid) AS ended FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.usename = current_user AND a.application_name = 'rollcall'
  AND a.state = 'active' AND a.wait_event = 'ClientRead' AND strpos(a.query, 'COPY rollcall.member ') > 0
  AND a.query_start < clock_timestamp() - $1::double precision * interval '1 millisecond';
