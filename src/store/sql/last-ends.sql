-- When the last closed stays of some members ended.
-- Params: $1 group numbers, $2 accounts (pairs)
SELECT s.group_no, s.account_id, max(s.end_at) AS end_at
FROM rollcall.stay s
JOIN unnest($1::integer[], $2::text[]) AS w (group_no, account_id) ON s.group_no = w.group_no AND s.account_id = w.account_id
GROUP BY 1, 2;
