-- The worker takes what nobody has seen yet before it tries anything again: found by an index, however long the rest is.
CREATE INDEX report_intake_unshown ON report_intake (try_at) WHERE report_id IS NULL;
