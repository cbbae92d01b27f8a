-- Every source has its own guard, and one does not settle what another holds back. A room's topic as last set in Synapse,
-- and how far a run over many schools is.
ALTER TABLE "sync_hold" ADD COLUMN "source" TEXT NOT NULL DEFAULT 'oneroster';
DROP INDEX "sync_hold_school_id_kind_item_key";
CREATE UNIQUE INDEX "sync_hold_school_id_source_kind_item_key" ON "sync_hold"("school_id", "source", "kind", "item");

ALTER TABLE "managed_room" ADD COLUMN "topic" TEXT NOT NULL DEFAULT '';

ALTER TABLE "sync_run" ADD COLUMN "schools_total" INTEGER,
ADD COLUMN "schools_done" INTEGER NOT NULL DEFAULT 0;

-- ---- guarantees ----------------------------------------------------------------------------------------------
ALTER TABLE sync_hold ADD CONSTRAINT hold_source CHECK (source IN ('oneroster', 'ldap'));
-- where people and their roles come from, besides whole schools, is the directory alone
ALTER TABLE sync_hold ADD CONSTRAINT hold_of_ldap CHECK (source = 'oneroster' OR kind IN ('personRemoved', 'groupRemoved', 'membersRemoved'));
ALTER TABLE sync_run ADD CONSTRAINT run_progress CHECK (schools_done >= 0 AND schools_done <= coalesce(schools_total, 0));

CREATE FUNCTION keep_hold_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.source IS DISTINCT FROM OLD.source THEN
    RAISE EXCEPTION 'what is held back does not change' USING ERRCODE = 'SC020';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps_source BEFORE UPDATE ON sync_hold FOR EACH ROW EXECUTE FUNCTION keep_hold_source();
