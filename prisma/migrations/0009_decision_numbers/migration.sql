-- What was decided is kept with the decision, numbers included; openings do not outlast what was approved; and a review of
-- rooms knows when it began, so that it can say how long it will take.

-- ---- decisions ---------------------------------------------------------------------------------------------
ALTER TABLE "change_request" ADD COLUMN "decided_items" JSONB;
-- written with the decision or never: a decided request does not change (check_change_request)
ALTER TABLE change_request ADD CONSTRAINT decided_items_of_a_decision
  CHECK (decided_items IS NULL OR (status IN ('approved', 'rejected') AND jsonb_typeof(decided_items) = 'array'));

-- ---- last days ---------------------------------------------------------------------------------------------
-- Days as text, "2027-01-31"; null is no end (lib/policy/end-change.ts says the same).
CREATE FUNCTION lasts_longer(before text, after text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT before IS NOT NULL AND (after IS NULL OR after COLLATE "C" > before COLLATE "C")
$$;

CREATE OR REPLACE FUNCTION check_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  current_number integer;
  frame_cell record;
  place integer;
  letter text;
  key text;
BEGIN
  SELECT current_version INTO current_number FROM school WHERE id = NEW.school_id FOR NO KEY UPDATE;
  IF NEW.number <> current_number + 1 THEN
    RAISE EXCEPTION 'version % does not follow %', NEW.number, current_number USING ERRCODE = 'SC002';
  END IF;
  IF NEW.frame_version <> (SELECT max(version) FROM policy_frame) THEN
    RAISE EXCEPTION 'version is not built on the frame in effect' USING ERRCODE = 'SC002';
  END IF;
  IF (SELECT count(*) FROM policy_frame_cell WHERE frame_version = NEW.frame_version) <> length(NEW.cells) THEN
    RAISE EXCEPTION 'frame % lacks a cell', NEW.frame_version USING ERRCODE = 'SC003';
  END IF;
  FOR frame_cell IN SELECT * FROM policy_frame_cell WHERE frame_version = NEW.frame_version LOOP
    place := cell_position(frame_cell.from_role, frame_cell.to_target);
    letter := substr(NEW.cells, place, 1);
    key := frame_cell.from_role::text || '>' || frame_cell.to_target;
    IF frame_cell.locked <> (letter IN ('L', 'l'))
       OR (letter IN ('L', 'D')) AND NOT frame_cell.allowed
       OR (letter IN ('l', 'd')) AND frame_cell.allowed THEN
      RAISE EXCEPTION 'cell % → % contradicts the frame', frame_cell.from_role, frame_cell.to_target USING ERRCODE = 'SC003';
    END IF;
    -- a school's opening outlives a lock of the frame; any other, and one that shall last longer than it did, needs an
    -- approved request, which opens only once and no longer than it says
    IF frame_cell.sensitive AND (letter = 'S' AND 'S' IS DISTINCT FROM (
      SELECT substr(v.cells, place, 1) FROM policy_version v
      WHERE v.school_id = NEW.school_id AND substr(v.cells, place, 1) NOT IN ('L', 'l') ORDER BY v.number DESC LIMIT 1
    ) OR NEW.kind <> 'frame' AND lasts_longer(
      (SELECT endings ->> key FROM policy_version WHERE school_id = NEW.school_id AND number = current_number),
      NEW.endings ->> key
    ) AND (letter = 'S' OR letter IN ('L', 'l') AND EXISTS (
      SELECT FROM policy_cell c WHERE (c.school_id, c.from_role, c.to_target, c.allowed)
        = (NEW.school_id, frame_cell.from_role, frame_cell.to_target, true)
    ))) AND NOT EXISTS (
      SELECT FROM change_request r JOIN change_request_part p ON p.request_id = r.id
      WHERE r.id = NEW.request_id AND r.school_id = NEW.school_id AND r.status = 'approved' AND r.decided_by_id = NEW.approved_by_id
        AND key = ANY (p.cells) AND NOT lasts_longer(p.ends_on::text, NEW.endings ->> key)
        AND NOT EXISTS (SELECT FROM policy_version used WHERE used.request_id = r.id)
    ) THEN
      RAISE EXCEPTION 'sensitive cell % → % opened without approval', frame_cell.from_role, frame_cell.to_target USING ERRCODE = 'SC004';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- The calendar closes by the school's cells, so these must not say a later day than the version that everybody sees.
CREATE FUNCTION check_cell_end() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  cell policy_cell;
BEGIN
  SELECT * INTO cell FROM policy_cell WHERE (school_id, from_role, to_target) = (NEW.school_id, NEW.from_role, NEW.to_target);
  IF FOUND AND cell.allowed AND lasts_longer((
    SELECT endings ->> (cell.from_role::text || '>' || cell.to_target) FROM policy_version
    WHERE school_id = cell.school_id ORDER BY number DESC LIMIT 1), cell.ends_on::text) THEN
    RAISE EXCEPTION 'cell % → % lasts longer than its version says', cell.from_role, cell.to_target USING ERRCODE = 'SC004';
  END IF;
  RETURN NULL;
END $$;
-- at the end of the transaction: cells are written before the version that tells them
CREATE CONSTRAINT TRIGGER not_longer AFTER INSERT OR UPDATE ON policy_cell DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION check_cell_end();

-- ---- rooms -------------------------------------------------------------------------------------------------
ALTER TABLE "room_review" ADD COLUMN "begun_at" TIMESTAMPTZ(3);
