-- Who was removed from a room is banned from it, and let back in by a measure of its own.
ALTER TYPE "measure_kind" ADD VALUE 'letBackIn' AFTER 'removeFromRoom';

-- The teams to choose from, and the cases of one, without a look at every case.
CREATE INDEX report_case_team ON report_case (team, due_at, id) WHERE team IS NOT NULL;
