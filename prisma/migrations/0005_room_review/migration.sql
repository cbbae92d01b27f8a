-- Which existing rooms a policy would not permit, and the rooms that somebody has made read-only (design §4.11).
-- CreateEnum
CREATE TYPE "room_writing" AS ENUM ('readOnly', 'writable');

-- CreateTable
CREATE TABLE "room_review" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "school_id" TEXT NOT NULL,
    "started_by_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "progressed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL,
    "total" INTEGER,
    "checked" INTEGER NOT NULL DEFAULT 0,
    "not_permitted" INTEGER NOT NULL DEFAULT 0,
    "unreadable" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "room_review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "room_review_room" (
    "review_id" UUID NOT NULL,
    "room_id" TEXT NOT NULL,
    "name" TEXT,
    "people" JSONB NOT NULL,

    CONSTRAINT "room_review_room_pkey" PRIMARY KEY ("review_id","room_id")
);

-- CreateTable
CREATE TABLE "room_protection" (
    "room_id" TEXT NOT NULL,
    "school_id" TEXT NOT NULL,
    "name" TEXT,
    "people" JSONB NOT NULL,
    "wanted" "room_writing" NOT NULL,
    "wanted_by_id" TEXT NOT NULL,
    "wanted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),
    "problem" TEXT,
    "former" JSONB,
    "applied" JSONB,

    CONSTRAINT "room_protection_pkey" PRIMARY KEY ("room_id")
);

-- CreateIndex
CREATE INDEX "room_review_school_id_started_at_idx" ON "room_review"("school_id", "started_at" DESC);

-- CreateIndex
CREATE INDEX "room_protection_school_id_idx" ON "room_protection"("school_id");

-- AddForeignKey
ALTER TABLE "room_review" ADD CONSTRAINT "room_review_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_review" ADD CONSTRAINT "room_review_started_by_id_fkey" FOREIGN KEY ("started_by_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_review_room" ADD CONSTRAINT "room_review_room_review_id_fkey" FOREIGN KEY ("review_id") REFERENCES "room_review"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_protection" ADD CONSTRAINT "room_protection_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room_record"("room_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_protection" ADD CONSTRAINT "room_protection_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_protection" ADD CONSTRAINT "room_protection_wanted_by_id_fkey" FOREIGN KEY ("wanted_by_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- One review of a school at a time: two would only wait for Synapse twice.
CREATE UNIQUE INDEX room_review_one_open_per_school ON room_review (school_id) WHERE finished_at IS NULL;
ALTER TABLE room_review
  ADD CONSTRAINT review_counts CHECK (checked >= 0 AND not_permitted BETWEEN 0 AND checked AND unreadable BETWEEN 0 AND checked),
  ADD CONSTRAINT review_finished CHECK (finished_at IS NULL OR (total IS NOT NULL AND checked >= total));

CREATE FUNCTION check_reviewed_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM room_review v JOIN room_record r ON r.school_id = v.school_id
    WHERE v.id = NEW.review_id AND v.finished_at IS NULL AND r.room_id = NEW.room_id
  ) THEN
    RAISE EXCEPTION 'a review in progress lists rooms of its school' USING ERRCODE = 'SC008';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON room_review_room FOR EACH ROW EXECUTE FUNCTION check_reviewed_room();

-- Nobody makes a room of another school read-only, nor a room that the provisioner keeps, nor one that no review has found.
CREATE FUNCTION check_room_protection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.room_id, NEW.school_id) IS DISTINCT FROM (OLD.room_id, OLD.school_id) THEN
    RAISE EXCEPTION 'a protection belongs to one room' USING ERRCODE = 'SC001';
  END IF;
  IF NOT EXISTS (SELECT FROM room_record WHERE room_id = NEW.room_id AND school_id = NEW.school_id)
     OR EXISTS (SELECT FROM managed_room WHERE room_id = NEW.room_id) THEN
    RAISE EXCEPTION 'only a room that people of the school have made is protected' USING ERRCODE = 'SC008';
  END IF;
  IF NEW.wanted = 'readOnly' AND (TG_OP = 'INSERT' OR OLD.wanted = 'writable') AND NOT EXISTS (
    SELECT FROM room_review_room f JOIN room_review v ON v.id = f.review_id
    WHERE f.room_id = NEW.room_id AND v.school_id = NEW.school_id
  ) THEN
    RAISE EXCEPTION 'no review has found this room' USING ERRCODE = 'SC008';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON room_protection FOR EACH ROW EXECUTE FUNCTION check_room_protection();
-- what is needed for restoring a room must not be lost
CREATE TRIGGER never_deleted BEFORE DELETE ON room_protection FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON room_protection FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE DELETE ON room_protection FROM schulchat_app;
ALTER TABLE room_protection
  ADD CONSTRAINT protection_restorable CHECK ((former IS NULL) = (applied IS NULL));
