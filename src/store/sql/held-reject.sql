-- A person keeps the members of a case.
-- Params: $1 id
UPDATE rollcall.held SET rejected_at = coalesce(rejected_at, clock_timestamp()) WHERE held_no = $1;
