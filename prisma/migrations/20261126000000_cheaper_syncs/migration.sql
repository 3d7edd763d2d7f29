-- What is only kept current of a group, as a fingerprint: of a group as it was nothing else is sent to the database.
ALTER TABLE rollcall.chat_group ADD COLUMN live_print integer NOT NULL DEFAULT 0;

-- Facts that cost the rows a run wrote, whatever the planner knows of the tables: after a first load it knows nothing yet,
-- and took every group's rows out of the whole run's, group by group.

-- What the runs (after, upto] of a source have written, for its facts. A run writes groups of its own source only.
CREATE OR REPLACE FUNCTION rollcall.run_rows(of_source integer, after_run integer, upto_run integer)
RETURNS TABLE (group_no integer, slot timestamptz, joins integer, backlog integer, leaves integer, gone_1 integer,
  gone_4 integer, gone_12 integer)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT r.group_no, date_bin('15 minutes', r.at, 'epoch'), r.joins, r.backlog, r.leaves, r.gone_1, r.gone_4, r.gone_12
  FROM rollcall.fact_row r
  JOIN rollcall.run o ON o.run_no = r.run_no AND o.source_no = of_source AND o.run_no > after_run AND o.run_no <= upto_run
  -- No run ends a stay before the run that began it.
  WHERE r.run_no > after_run AND r.run_no <= upto_run AND r.last_run > after_run
$$;

-- Adds the finished runs of a source that the facts do not hold yet. Returns the newest run they hold.
CREATE OR REPLACE FUNCTION rollcall.refresh_facts(of_source integer) RETURNS integer LANGUAGE plpgsql
SET work_mem = '32MB' AS $$
DECLARE
  held integer;
  newest integer;
  grown integer[];
  one integer;
BEGIN
  INSERT INTO rollcall.fact_mark (source_no) VALUES (of_source) ON CONFLICT DO NOTHING;
  SELECT f.run_no INTO held FROM rollcall.fact_mark f WHERE f.source_no = of_source FOR UPDATE;
  -- Up to the first run that still goes on: what it has yet to write must not be taken for counted.
  SELECT coalesce(max(r.run_no), 0) INTO newest FROM rollcall.run r
  WHERE r.source_no = of_source AND r.run_no < coalesce(
    (SELECT min(o.run_no) FROM rollcall.run o WHERE o.source_no = of_source AND o.finished_at IS NULL AND o.run_no > held), 2147483647);
  IF newest <= held THEN
    RETURN held;
  END IF;
  -- EXECUTE, so that a run and a rebuild each get the plan that fits them.
  EXECUTE $count$
    WITH of_source AS (
      INSERT INTO rollcall.source_fact AS f (source_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12)
      SELECT $1, slot, sum(joins), sum(backlog), sum(leaves), sum(gone_1), sum(gone_4), sum(gone_12)
      FROM rollcall.run_rows($1, $2, $3) GROUP BY slot ORDER BY slot
      ON CONFLICT (source_no, slot) DO UPDATE SET joins = f.joins + excluded.joins, backlog = f.backlog + excluded.backlog,
        leaves = f.leaves + excluded.leaves, gone_1 = f.gone_1 + excluded.gone_1, gone_4 = f.gone_4 + excluded.gone_4,
        gone_12 = f.gone_12 + excluded.gone_12
    ), of_group AS (
      INSERT INTO rollcall.group_fact AS f (group_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12)
      SELECT r.group_no, r.slot, sum(r.joins), sum(r.backlog), sum(r.leaves), sum(r.gone_1), sum(r.gone_4), sum(r.gone_12)
      FROM rollcall.run_rows($1, $2, $3) r
      -- `+ 0`: by the run, not by each of the groups.
      WHERE r.group_no + 0 = ANY (ARRAY(SELECT t.group_no FROM rollcall.group_total t
        JOIN rollcall.chat_group g USING (group_no) WHERE t.detailed AND g.source_no = $1))
      GROUP BY r.group_no, r.slot ORDER BY r.group_no, r.slot
      ON CONFLICT (group_no, slot) DO UPDATE SET joins = f.joins + excluded.joins, backlog = f.backlog + excluded.backlog,
        leaves = f.leaves + excluded.leaves, gone_1 = f.gone_1 + excluded.gone_1, gone_4 = f.gone_4 + excluded.gone_4,
        gone_12 = f.gone_12 + excluded.gone_12
    )
    INSERT INTO rollcall.group_total AS t (group_no, joins, backlog, leaves)
    SELECT group_no, sum(joins), sum(backlog), sum(leaves) FROM rollcall.run_rows($1, $2, $3) GROUP BY group_no ORDER BY group_no
    ON CONFLICT (group_no) DO UPDATE SET joins = t.joins + excluded.joins, backlog = t.backlog + excluded.backlog,
      leaves = t.leaves + excluded.leaves
  $count$ USING of_source, held, newest;
  -- Groups that have just reached 5,000 stays get their facts from the beginning: a few by their own rows, many in one pass.
  WITH grown AS (
    UPDATE rollcall.group_total t SET detailed = true
    FROM rollcall.chat_group g
    WHERE g.group_no = t.group_no AND g.source_no = of_source AND NOT t.detailed AND t.joins + t.backlog >= 5000
    RETURNING t.group_no
  ) SELECT coalesce(array_agg(g.group_no), '{}') INTO grown FROM grown g;
  FOREACH one IN ARRAY CASE WHEN cardinality(grown) <= 20 THEN grown ELSE '{}' END LOOP
    EXECUTE $one$
      INSERT INTO rollcall.group_fact (group_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12)
      SELECT r.group_no, date_bin('15 minutes', r.at, 'epoch'), sum(r.joins), sum(r.backlog), sum(r.leaves), sum(r.gone_1),
        sum(r.gone_4), sum(r.gone_12)
      FROM rollcall.fact_row r WHERE r.group_no = $1 AND r.run_no + 0 <= $2
      GROUP BY 1, 2 ORDER BY 1, 2
    $one$ USING one, newest;
  END LOOP;
  IF cardinality(grown) > 20 THEN
    EXECUTE $many$
      INSERT INTO rollcall.group_fact (group_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12)
      SELECT r.group_no, date_bin('15 minutes', r.at, 'epoch'), sum(r.joins), sum(r.backlog), sum(r.leaves), sum(r.gone_1),
        sum(r.gone_4), sum(r.gone_12)
      FROM unnest($1) AS n (group_no) JOIN rollcall.fact_row r ON r.group_no + 0 = n.group_no WHERE r.run_no + 0 <= $2
      GROUP BY 1, 2 ORDER BY 1, 2
    $many$ USING grown, newest;
  END IF;
  UPDATE rollcall.fact_mark f SET run_no = newest WHERE f.source_no = of_source;
  RETURN newest;
END $$;
