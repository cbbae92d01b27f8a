-- An opening may have a last day (design §4.7). On the day after, the worker closes it by a version of its own kind.
ALTER TYPE "version_kind" ADD VALUE 'expiry';

ALTER TABLE "policy_cell" ADD COLUMN "ends_on" DATE;
ALTER TABLE "change_request_part" ADD COLUMN "ends_on" DATE;
ALTER TABLE "policy_version" ADD COLUMN "endings" JSONB NOT NULL DEFAULT '{}';

-- CreateIndex
CREATE INDEX "policy_cell_ends_on_idx" ON "policy_cell"("ends_on");

-- days are counted by the schools' clock (lib/policy/end-date.ts counts the same way)
ALTER TABLE policy_cell ADD CONSTRAINT only_openings_end CHECK (ends_on IS NULL OR allowed);
ALTER TABLE change_request_part ADD CONSTRAINT part_ends_in_time CHECK (ends_on IS NULL OR
  ends_on - (created_at AT TIME ZONE 'Europe/Berlin')::date BETWEEN 1 AND 400);
ALTER TABLE policy_version ADD CONSTRAINT version_endings CHECK (jsonb_typeof(endings) = 'object');

-- What nobody decided may only close: a version of the calendar turns the school's own openings off and nothing else.
CREATE FUNCTION check_expiry_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  in_effect text;
BEGIN
  IF NEW.author_id IS NOT NULL OR NEW.approved_by_id IS NOT NULL THEN
    RAISE EXCEPTION 'the calendar is no person' USING ERRCODE = 'SC008';
  END IF;
  SELECT policy_cells INTO in_effect FROM school WHERE id = NEW.school_id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT FROM generate_series(1, length(NEW.cells)) AS place
    WHERE substr(NEW.cells, place, 1) <> substr(in_effect, place, 1)
      AND NOT (substr(in_effect, place, 1) = 'S' AND substr(NEW.cells, place, 1) = 's')
  ) THEN
    RAISE EXCEPTION 'the calendar only closes openings of the school' USING ERRCODE = 'SC008';
  END IF;
  RETURN NEW;
END $$;
-- as text: PostgreSQL does not compare with a value that the same transaction has added
CREATE TRIGGER only_closes BEFORE INSERT ON policy_version FOR EACH ROW
  WHEN (NEW.kind::text = 'expiry') EXECUTE FUNCTION check_expiry_version();

-- A change of the frame touches no school's own cells: their last days run on.
CREATE FUNCTION keep_endings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.endings := coalesce(
    (SELECT endings FROM policy_version WHERE school_id = NEW.school_id AND number = NEW.number - 1), '{}');
  RETURN NEW;
END $$;
CREATE TRIGGER keeps_endings BEFORE INSERT ON policy_version FOR EACH ROW
  WHEN (NEW.kind = 'frame') EXECUTE FUNCTION keep_endings();
