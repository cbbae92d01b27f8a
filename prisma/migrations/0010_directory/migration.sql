-- Directory sync: cursors of incremental runs, what a run changed at each school, and what the guard holds back until
-- somebody releases it who gains nothing by it (design §6). Error SC020: released by nobody who may.

ALTER TABLE "sync_run" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'full',
ADD COLUMN "school_id" TEXT,
ADD COLUMN "requested_by_id" TEXT;

ALTER TABLE "sync_problem" ADD COLUMN "school_id" TEXT;

CREATE TABLE "sync_school_change" (
    "run_id" UUID NOT NULL,
    "school_id" TEXT NOT NULL,
    "report" JSONB NOT NULL,

    CONSTRAINT "sync_school_change_pkey" PRIMARY KEY ("run_id", "school_id")
);
CREATE INDEX "sync_school_change_school_id_idx" ON "sync_school_change"("school_id");
ALTER TABLE "sync_school_change" ADD CONSTRAINT "sync_school_change_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "sync_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "sync_cursor" (
    "source" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "cursor_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sync_cursor_pkey" PRIMARY KEY ("source", "scope")
);

-- unlogged: of no use after a crash, because the run that wrote it has ended too
CREATE UNLOGGED TABLE "sync_staged_user" (
    "run_id" UUID NOT NULL,
    "school_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "record" JSONB NOT NULL,

    CONSTRAINT "sync_staged_user_pkey" PRIMARY KEY ("run_id", "school_id", "user_id")
);

CREATE TYPE "hold_status" AS ENUM ('open', 'released', 'applied', 'dropped');
CREATE TABLE "sync_hold" (
    "id" BIGSERIAL NOT NULL,
    "school_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "item" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "person_id" TEXT,
    "group_id" TEXT,
    "role" "role",
    "run_id" UUID NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status" "hold_status" NOT NULL DEFAULT 'open',
    "released_by_id" TEXT,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "sync_hold_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "sync_hold_school_id_kind_item_key" ON "sync_hold"("school_id", "kind", "item");
CREATE INDEX "sync_hold_status_idx" ON "sync_hold"("status");
ALTER TABLE "sync_hold" ADD CONSTRAINT "sync_hold_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE INDEX "group_member_enrollment_id_idx" ON "group_member"("enrollment_id");

-- ---- guarantees ----------------------------------------------------------------------------------------------
ALTER TABLE sync_hold
  ADD CONSTRAINT hold_kind CHECK (kind IN ('personRemoved', 'groupRemoved', 'membersRemoved', 'roleGained', 'schoolRemoved')),
  ADD CONSTRAINT hold_released CHECK ((status = 'released') <= (released_by_id IS NOT NULL AND released_at IS NOT NULL)),
  ADD CONSTRAINT hold_not_released_by_who_gains CHECK (kind <> 'roleGained' OR person_id IS NOT NULL AND released_by_id IS DISTINCT FROM person_id);

-- The guard closes what it holds; only a person who may, at this moment, releases it.
CREATE FUNCTION check_sync_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'open' THEN
      RAISE EXCEPTION 'what is held back begins open' USING ERRCODE = 'SC020';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.school_id, NEW.kind, NEW.item, NEW.person_id, NEW.role)
     IS DISTINCT FROM (OLD.school_id, OLD.kind, OLD.item, OLD.person_id, OLD.role) THEN
    RAISE EXCEPTION 'what is held back does not change' USING ERRCODE = 'SC020';
  END IF;
  IF NEW.status = 'applied' AND OLD.status <> 'released' AND OLD.status <> 'applied' THEN
    RAISE EXCEPTION 'applied without a release' USING ERRCODE = 'SC020';
  END IF;
  IF NEW.status = 'released' AND OLD.status <> 'released' THEN
    IF OLD.status <> 'open' THEN
      RAISE EXCEPTION 'only what is open is released' USING ERRCODE = 'SC020';
    END IF;
    IF NOT acts_as_land_admin(NEW.released_by_id) AND (NEW.kind = 'schoolRemoved' OR NOT EXISTS (
      SELECT FROM affiliation WHERE person_id = NEW.released_by_id AND school_id = NEW.school_id AND role = 'schoolManagement'
        AND NOT EXISTS (SELECT FROM console_access_block WHERE console_access_block.person_id = NEW.released_by_id)
    )) THEN
      RAISE EXCEPTION 'released by nobody who may' USING ERRCODE = 'SC020';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON sync_hold FOR EACH ROW EXECUTE FUNCTION check_sync_hold();

-- Is anybody known from messages alone? Asked with every school that is written; without this each time everybody is read.
CREATE INDEX person_from_messages ON person (id) WHERE source = 'amqp';
