-- Sources beside the directory: groups and people that AMQP messages and LDAP bring (design §6).

-- AlterTable
ALTER TABLE "school_group" ADD COLUMN "source" TEXT NOT NULL DEFAULT 'oneroster',
ADD COLUMN "bidirectional" BOOLEAN,
ADD COLUMN "description" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "group_member" ADD COLUMN "is_moderator" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "person_source" (
    "source" TEXT NOT NULL,
    "school_id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_source_pkey" PRIMARY KEY ("source","school_id","external_id")
);

-- CreateTable
CREATE TABLE "intake_problem" (
    "id" BIGSERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "feed" TEXT NOT NULL,
    "school_id" TEXT NOT NULL,
    "about" TEXT NOT NULL,
    "record_type" TEXT NOT NULL,
    "record_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "dead_lettered" BOOLEAN NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "intake_problem_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "person_source_person_id_idx" ON "person_source"("person_id");

-- CreateIndex
CREATE INDEX "intake_problem_school_id_last_at_idx" ON "intake_problem"("school_id", "last_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "intake_problem_source_feed_about_record_type_record_id_reas_key" ON "intake_problem"("source", "feed", "about", "record_type", "record_id", "reason");

-- AddForeignKey
ALTER TABLE "person_source" ADD CONSTRAINT "person_source_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "person_source" ADD CONSTRAINT "person_source_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "intake_problem" ADD CONSTRAINT "intake_problem_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ---- what Prisma cannot say ----------------------------------------------------------------------------------
ALTER TABLE "school_group"
  ADD CONSTRAINT group_source CHECK (source IN ('oneroster', 'amqp', 'ldap')),
  -- a message decides how its room is written in; nothing else does for such a room
  ADD CONSTRAINT group_writing_mode CHECK ((source = 'amqp') = (bidirectional IS NOT NULL));

-- Nobody known only from messages is contactable: a role comes from the directory alone. Once a statement, because the
-- directory writes whole schools at once.
CREATE FUNCTION refuse_role_from_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM written JOIN person ON person.id = written.person_id WHERE person.source = 'amqp') THEN
    RAISE EXCEPTION 'a person known only from messages gets no role' USING ERRCODE = 'SC011';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER not_from_messages AFTER INSERT ON affiliation REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_role_from_messages();
