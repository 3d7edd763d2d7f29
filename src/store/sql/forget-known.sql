-- Whether a source has anything of an account, or has forgotten it.
-- Params: $1 source number, $2 account, $3 pseudonym
SELECT EXISTS (SELECT FROM rollcall.forgotten f WHERE f.source_no = $1 AND f.pseudonym = $3)
  OR EXISTS (SELECT FROM rollcall.member m JOIN rollcall.chat_group g USING (group_no) WHERE g.source_no = $1 AND m.account_id = $2)
  OR EXISTS (SELECT FROM rollcall.stay t JOIN rollcall.chat_group g USING (group_no) WHERE g.source_no = $1 AND t.account_id = $2)
  OR EXISTS (SELECT FROM rollcall.imported_stay i WHERE i.source_no = $1 AND i.account_id = $2)
  OR EXISTS (SELECT FROM rollcall.chat_group g WHERE g.source_no = $1 AND g.owner_id = $2)
  OR EXISTS (SELECT FROM rollcall.group_event e JOIN rollcall.chat_group g USING (group_no)
    WHERE g.source_no = $1 AND $2 IN (e.old ->> 'owner_id', e.new ->> 'owner_id'))
  OR EXISTS (SELECT FROM rollcall.bad_record b JOIN rollcall.run r USING (run_no) WHERE r.source_no = $1 AND b.account_id = $2)
  OR EXISTS (SELECT FROM rollcall.hint h WHERE h.source_no = $1 AND h.moves @> jsonb_build_array(jsonb_build_object('account', $2::text)))
  OR EXISTS (SELECT FROM rollcall.hint_move m JOIN rollcall.ask a USING (ask_no) WHERE a.source_no = $1 AND m.account_id = $2)
  OR EXISTS (SELECT FROM rollcall.ask a WHERE a.source_no = $1 AND a.scope <> 'all'
    AND strpos(a.scope, to_json($2::text)::text) > 0 AND a.scope::jsonb -> 'accounts' ? $2)
  OR EXISTS (SELECT FROM rollcall.run_account a JOIN rollcall.run_work w USING (run_no) WHERE w.source_no = $1 AND a.account_id = $2)
  AS known;
