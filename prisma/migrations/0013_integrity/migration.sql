-- The integrity condition of rooms, groups that were invited into them, older rooms, and notices to a school's management
-- (design §5, §6).
CREATE TYPE "room_concern" AS ENUM ('integrity', 'groups');
CREATE TYPE "notice_kind" AS ENUM ('moderatorAppointed', 'roomReadOnly');

CREATE TABLE "room_look" (
    "id" BIGSERIAL NOT NULL,
    "room_id" TEXT NOT NULL,
    "concern" "room_concern" NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "room_look_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "room_group" (
    "room_id" TEXT NOT NULL,
    "group_id" TEXT NOT NULL,
    "added_by" TEXT NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "room_group_pkey" PRIMARY KEY ("room_id","group_id")
);
CREATE TABLE "room_group_person" (
    "room_id" TEXT NOT NULL,
    "group_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "personal" BOOLEAN NOT NULL,
    "brought_at" TIMESTAMPTZ(3),

    CONSTRAINT "room_group_person_pkey" PRIMARY KEY ("room_id","group_id","person_id")
);
CREATE TABLE "room_moderator" (
    "room_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "appointed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "room_moderator_pkey" PRIMARY KEY ("room_id","person_id")
);
CREATE TABLE "adopted_room" (
    "room_id" TEXT NOT NULL,
    "provisioner_level" INTEGER,
    "adopted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "problem" TEXT,

    CONSTRAINT "adopted_room_pkey" PRIMARY KEY ("room_id")
);
CREATE TABLE "school_notice" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "school_id" TEXT NOT NULL,
    "kind" "notice_kind" NOT NULL,
    "room_id" TEXT NOT NULL,
    "room_name" TEXT,
    "person_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "digested_at" TIMESTAMPTZ(3),

    CONSTRAINT "school_notice_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "room_look_due_at_idx" ON "room_look"("due_at");
CREATE INDEX "room_group_group_id_idx" ON "room_group"("group_id");
CREATE INDEX "room_group_person_person_id_idx" ON "room_group_person"("person_id");
CREATE INDEX "room_moderator_person_id_idx" ON "room_moderator"("person_id");
CREATE INDEX "school_notice_school_id_created_at_idx" ON "school_notice"("school_id", "created_at" DESC);
CREATE INDEX "school_notice_room_id_idx" ON "school_notice"("room_id");

ALTER TABLE "room_group" ADD CONSTRAINT "room_group_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room_record"("room_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "room_group" ADD CONSTRAINT "room_group_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "school_group"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "room_group_person" ADD CONSTRAINT "room_group_person_room_id_group_id_fkey" FOREIGN KEY ("room_id", "group_id") REFERENCES "room_group"("room_id", "group_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "room_group_person" ADD CONSTRAINT "room_group_person_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "room_moderator" ADD CONSTRAINT "room_moderator_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "school_notice" ADD CONSTRAINT "school_notice_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "school_notice" ADD CONSTRAINT "school_notice_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- nobody is told twice that one room has nobody who could moderate it
CREATE UNIQUE INDEX school_notice_one_open_read_only ON school_notice (room_id)
  WHERE kind = 'roomReadOnly' AND resolved_at IS NULL;
ALTER TABLE school_notice
  ADD CONSTRAINT notice_names_the_appointed CHECK ((kind = 'moderatorAppointed') = (person_id IS NOT NULL));

-- A room follows groups of its own school only, and the provisioner's rooms follow none.
CREATE FUNCTION check_room_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM room_record r JOIN school_group g USING (school_id) WHERE r.room_id = NEW.room_id AND g.id = NEW.group_id
  ) OR EXISTS (SELECT FROM managed_room WHERE room_id = NEW.room_id) THEN
    RAISE EXCEPTION 'a room of people follows groups of its own school' USING ERRCODE = 'SC008';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON room_group FOR EACH ROW EXECUTE FUNCTION check_room_group();

-- The integrity repair (nobody's wish: wanted_by_id is null) also closes rooms that no review has found and rooms that
-- the provisioner keeps.
ALTER TABLE "room_protection" ALTER COLUMN "wanted_by_id" DROP NOT NULL;
CREATE OR REPLACE FUNCTION check_room_protection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.room_id, NEW.school_id) IS DISTINCT FROM (OLD.room_id, OLD.school_id) THEN
    RAISE EXCEPTION 'a protection belongs to one room' USING ERRCODE = 'SC001';
  END IF;
  IF NOT EXISTS (SELECT FROM room_record WHERE room_id = NEW.room_id AND school_id = NEW.school_id) THEN
    RAISE EXCEPTION 'only a room of the school is protected' USING ERRCODE = 'SC008';
  END IF;
  IF NEW.wanted_by_id IS NOT NULL AND EXISTS (SELECT FROM managed_room WHERE room_id = NEW.room_id)
     AND NOT (TG_OP = 'UPDATE' AND NEW.wanted = 'writable') THEN
    RAISE EXCEPTION 'only a room that people of the school have made is protected by a wish' USING ERRCODE = 'SC008';
  END IF;
  IF NEW.wanted_by_id IS NOT NULL AND NEW.wanted = 'readOnly' AND (TG_OP = 'INSERT' OR OLD.wanted = 'writable')
     AND NOT EXISTS (
    SELECT FROM room_review_room f JOIN room_review v ON v.id = f.review_id
    WHERE f.room_id = NEW.room_id AND v.school_id = NEW.school_id
  ) THEN
    RAISE EXCEPTION 'no review has found this room' USING ERRCODE = 'SC008';
  END IF;
  RETURN NEW;
END $$;
