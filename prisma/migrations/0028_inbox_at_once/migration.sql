-- The inbox asks which open cases somebody has not read, and which schools there are to choose from: neither needs a look
-- at every case that ever was.
ALTER TABLE "case_read_mark" ADD COLUMN "is_current" BOOLEAN NOT NULL DEFAULT true;
UPDATE case_read_mark m SET is_current = false FROM report_case c
WHERE c.id = m.case_id AND (c.state = 'resolved' OR m.read_at < c.changed_at);
CREATE INDEX case_read_mark_current ON case_read_mark (person_id, case_id) WHERE is_current;
-- with what open cases are filtered by
DROP INDEX report_case_open_due;
CREATE INDEX report_case_open_due ON report_case (due_at, id) INCLUDE (changed_at, state, severity, category, assignee_id, team, school_id)
  WHERE state <> 'resolved';

CREATE TABLE "reported_school" (
    "school_id" TEXT NOT NULL,

    CONSTRAINT "reported_school_pkey" PRIMARY KEY ("school_id")
);
ALTER TABLE "reported_school" ADD CONSTRAINT "reported_school_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;
INSERT INTO reported_school (school_id) SELECT DISTINCT school_id FROM report_case WHERE school_id IS NOT NULL;

-- ---- kept by the database ------------------------------------------------------------------------------------
-- Whoever marks a case and whoever changes it wait for each other: a mark may not hide a change that it has not seen.
CREATE FUNCTION note_current_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT state <> 'resolved' AND NEW.read_at >= changed_at INTO NEW.is_current
  FROM report_case WHERE id = NEW.case_id FOR SHARE;
  NEW.is_current := coalesce(NEW.is_current, true); -- of no case: refused by its key
  RETURN NEW;
END $$;
CREATE TRIGGER of_case BEFORE INSERT OR UPDATE OF read_at ON case_read_mark
  FOR EACH ROW EXECUTE FUNCTION note_current_mark();

CREATE FUNCTION follow_case_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE case_read_mark SET is_current = NOT is_current
  WHERE case_id = NEW.id AND is_current <> (NEW.state <> 'resolved' AND read_at >= NEW.changed_at);
  RETURN NULL;
END $$;
CREATE TRIGGER marks_follow AFTER UPDATE OF state, changed_at ON report_case
  FOR EACH ROW WHEN ((OLD.changed_at, OLD.state = 'resolved') IS DISTINCT FROM (NEW.changed_at, NEW.state = 'resolved'))
  EXECUTE FUNCTION follow_case_change();

CREATE FUNCTION note_reported_school() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reported_school (school_id) VALUES (NEW.school_id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER school_reported AFTER INSERT OR UPDATE OF school_id ON report_case
  FOR EACH ROW WHEN (NEW.school_id IS NOT NULL) EXECUTE FUNCTION note_reported_school();
