-- New stays. Rows come sorted by group and account, which keeps the index pages warm.
COPY rollcall.member (first_seen_at, start_at, start_not_before, print, group_no, start_run, live_print, role, account_id,
  name_card, muted_until, joined_at, last_spoke_at, attributes, live, unseen_from) FROM STDIN (FORMAT binary);
