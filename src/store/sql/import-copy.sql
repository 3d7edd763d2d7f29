-- The rows of a file.
COPY import_row (line, declared, taken_at, joined_at, group_id, account_id, role, name_card) FROM STDIN (FORMAT binary);
