-- The sources that the database has a history of.
SELECT name FROM rollcall.source ORDER BY name;
