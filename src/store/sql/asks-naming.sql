-- Asks that name an account.
-- Params: $1 source number, $2 account
SELECT ask_no, scope FROM rollcall.ask a
WHERE a.source_no = $1 AND a.scope <> 'all' AND strpos(a.scope, to_json($2::text)::text) > 0
  AND a.scope::jsonb -> 'accounts' ? $2 FOR UPDATE;
