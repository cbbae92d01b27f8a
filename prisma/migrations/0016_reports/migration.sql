-- Abuse reports: what is reported, the cases that support works on, and what was done (design §8).
-- CreateEnum
CREATE TYPE "report_kind" AS ENUM ('event', 'room', 'user');

-- CreateEnum
CREATE TYPE "report_channel" AS ENUM ('gate', 'poll');

-- CreateEnum
CREATE TYPE "report_standing" AS ENUM ('received', 'verified', 'invalid');

-- CreateEnum
CREATE TYPE "case_state" AS ENUM ('new', 'inProgress', 'waiting', 'escalated', 'resolved', 'reopened');

-- CreateEnum
CREATE TYPE "case_outcome" AS ENUM ('measuresTaken', 'handledBySchool', 'noViolation', 'notVerifiable', 'duplicate');

-- CreateEnum
CREATE TYPE "report_category" AS ENUM ('bullying', 'sexual', 'violence', 'extremism', 'spam', 'other');

-- CreateEnum
CREATE TYPE "case_severity" AS ENUM ('low', 'medium', 'high', 'critical');

-- CreateEnum
CREATE TYPE "party_role" AS ENUM ('reporter', 'reported');

-- CreateEnum
CREATE TYPE "evidence_kind" AS ENUM ('event', 'screenshot');

-- CreateEnum
CREATE TYPE "measure_kind" AS ENUM ('redact', 'warn', 'suspend', 'liftSuspension', 'removeFromRoom', 'lock', 'unlock', 'closeRoom', 'quarantineMedia', 'tellReporter');

-- CreateEnum
CREATE TYPE "measure_state" AS ENUM ('queued', 'done', 'failed', 'confirmed', 'reverting', 'reverted');

-- CreateTable
CREATE TABLE "report_case" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "number" BIGSERIAL NOT NULL,
    "state" "case_state" NOT NULL DEFAULT 'new',
    "outcome" "case_outcome",
    "category" "report_category" NOT NULL DEFAULT 'other',
    "severity" "case_severity" NOT NULL DEFAULT 'medium',
    "school_id" TEXT,
    "room_id" TEXT,
    "room_name" TEXT,
    "reported_user_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_report_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "waiting_until" TIMESTAMPTZ(3),
    "first_action_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "assignee_id" TEXT,
    "team" TEXT,
    "report_count" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "merged_into_id" UUID,
    "hold_reason" TEXT,
    "held_by_id" TEXT,
    "held_at" TIMESTAMPTZ(3),
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "report_case_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "report_intake" (
    "id" UUID NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "key_id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "report_id" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "problem" TEXT,

    CONSTRAINT "report_intake_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "synapse_report" (
    "kind" "report_kind" NOT NULL,
    "synapse_id" BIGINT NOT NULL,
    "report_id" UUID NOT NULL,
    "to_forget" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "synapse_report_pkey" PRIMARY KEY ("kind","synapse_id")
);

-- CreateTable
CREATE TABLE "report" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "case_id" UUID,
    "kind" "report_kind" NOT NULL,
    "standing" "report_standing" NOT NULL DEFAULT 'received',
    "problem" TEXT,
    "school_hint" TEXT NOT NULL DEFAULT '',
    "reporter_user_id" TEXT,
    "room_id" TEXT,
    "event_id" TEXT,
    "target_user_id" TEXT,
    "reason" TEXT NOT NULL DEFAULT '',
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "by_gate_at" TIMESTAMPTZ(3),
    "by_poll_at" TIMESTAMPTZ(3),
    "forwarded_at" TIMESTAMPTZ(3),
    "repeats" INTEGER NOT NULL DEFAULT 0,
    "snapshot" JSONB,

    CONSTRAINT "report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "report_evidence" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "report_id" UUID NOT NULL,
    "kind" "evidence_kind" NOT NULL,
    "media_type" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "bytes" INTEGER NOT NULL,

    CONSTRAINT "report_evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case_party" (
    "case_id" UUID NOT NULL,
    "person_id" TEXT NOT NULL,
    "role" "party_role" NOT NULL,

    CONSTRAINT "case_party_pkey" PRIMARY KEY ("case_id","person_id","role")
);

-- CreateTable
CREATE TABLE "case_entry" (
    "id" BIGSERIAL NOT NULL,
    "case_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" TEXT,
    "actor_role" TEXT NOT NULL,
    "content" JSONB NOT NULL,

    CONSTRAINT "case_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case_read_mark" (
    "case_id" UUID NOT NULL,
    "person_id" TEXT NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "case_read_mark_pkey" PRIMARY KEY ("case_id","person_id")
);

-- CreateTable
CREATE TABLE "report_view" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "person_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,

    CONSTRAINT "report_view_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case_measure" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "case_id" UUID NOT NULL,
    "kind" "measure_kind" NOT NULL,
    "target" TEXT NOT NULL,
    "state" "measure_state" NOT NULL DEFAULT 'queued',
    "text" TEXT NOT NULL DEFAULT '',
    "requested_by_id" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirm_by" TIMESTAMPTZ(3),
    "confirmed_by_id" TEXT,
    "confirmed_at" TIMESTAMPTZ(3),
    "done_at" TIMESTAMPTZ(3),
    "problem" TEXT,
    "former" JSONB,

    CONSTRAINT "case_measure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case_escalation" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "case_id" UUID NOT NULL,
    "school_id" TEXT NOT NULL,
    "to_state" BOOLEAN NOT NULL DEFAULT false,
    "message" TEXT NOT NULL,
    "created_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reporter_released_reason" TEXT,
    "screenshot_released_reason" TEXT,
    "answer" TEXT,
    "wanted_measures" "measure_kind"[],
    "answered_by_id" TEXT,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "case_escalation_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "report_case_number_key" ON "report_case"("number");

-- CreateIndex
CREATE INDEX "report_case_last_report_at_id_idx" ON "report_case"("last_report_at" DESC, "id");

-- CreateIndex
CREATE INDEX "report_case_school_id_last_report_at_idx" ON "report_case"("school_id", "last_report_at" DESC);

-- CreateIndex
CREATE INDEX "report_case_reported_user_id_created_at_idx" ON "report_case"("reported_user_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "report_case_due_at_id_idx" ON "report_case"("due_at", "id");

-- CreateIndex
CREATE INDEX "report_case_severity_due_at_id_idx" ON "report_case"("severity" DESC, "due_at", "id");

-- CreateIndex
CREATE INDEX "report_case_changed_at_id_idx" ON "report_case"("changed_at" DESC, "id");

-- CreateIndex
CREATE INDEX "report_intake_try_at_idx" ON "report_intake"("try_at");

-- CreateIndex
CREATE INDEX "synapse_report_report_id_idx" ON "synapse_report"("report_id");

-- CreateIndex
CREATE INDEX "report_case_id_idx" ON "report"("case_id");

-- CreateIndex
CREATE INDEX "report_room_id_event_id_idx" ON "report"("room_id", "event_id");

-- CreateIndex
CREATE INDEX "report_evidence_report_id_idx" ON "report_evidence"("report_id");

-- CreateIndex
CREATE INDEX "case_party_person_id_idx" ON "case_party"("person_id");

-- CreateIndex
CREATE INDEX "case_entry_case_id_id_idx" ON "case_entry"("case_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "report_view_person_id_name_key" ON "report_view"("person_id", "name");

-- CreateIndex
CREATE INDEX "case_measure_case_id_idx" ON "case_measure"("case_id");

-- CreateIndex
CREATE INDEX "case_measure_target_requested_at_idx" ON "case_measure"("target", "requested_at");

-- CreateIndex
CREATE INDEX "case_measure_state_confirm_by_idx" ON "case_measure"("state", "confirm_by");

-- CreateIndex
CREATE INDEX "case_escalation_school_id_answered_at_idx" ON "case_escalation"("school_id", "answered_at");

-- CreateIndex
CREATE INDEX "case_escalation_case_id_idx" ON "case_escalation"("case_id");

-- AddForeignKey
ALTER TABLE "report_case" ADD CONSTRAINT "report_case_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_case" ADD CONSTRAINT "report_case_assignee_id_fkey" FOREIGN KEY ("assignee_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_case" ADD CONSTRAINT "report_case_held_by_id_fkey" FOREIGN KEY ("held_by_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_case" ADD CONSTRAINT "report_case_merged_into_id_fkey" FOREIGN KEY ("merged_into_id") REFERENCES "report_case"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_intake" ADD CONSTRAINT "report_intake_report_id_fkey" FOREIGN KEY ("report_id") REFERENCES "report"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "synapse_report" ADD CONSTRAINT "synapse_report_report_id_fkey" FOREIGN KEY ("report_id") REFERENCES "report"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "report_case"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_evidence" ADD CONSTRAINT "report_evidence_report_id_fkey" FOREIGN KEY ("report_id") REFERENCES "report"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_party" ADD CONSTRAINT "case_party_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "report_case"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_party" ADD CONSTRAINT "case_party_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_entry" ADD CONSTRAINT "case_entry_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "report_case"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_entry" ADD CONSTRAINT "case_entry_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_read_mark" ADD CONSTRAINT "case_read_mark_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "report_case"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_read_mark" ADD CONSTRAINT "case_read_mark_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_view" ADD CONSTRAINT "report_view_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_measure" ADD CONSTRAINT "case_measure_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "report_case"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_measure" ADD CONSTRAINT "case_measure_requested_by_id_fkey" FOREIGN KEY ("requested_by_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_measure" ADD CONSTRAINT "case_measure_confirmed_by_id_fkey" FOREIGN KEY ("confirmed_by_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_escalation" ADD CONSTRAINT "case_escalation_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "report_case"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_escalation" ADD CONSTRAINT "case_escalation_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_escalation" ADD CONSTRAINT "case_escalation_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_escalation" ADD CONSTRAINT "case_escalation_answered_by_id_fkey" FOREIGN KEY ("answered_by_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- ---- guarantees --------------------------------------------------------------------------------------------
-- A report is never lost to a delete, a case stays when its content goes.
REVOKE DELETE ON report, report_case, case_entry, case_measure, case_escalation FROM schulchat_app;
CREATE TRIGGER never_deleted BEFORE DELETE ON report FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON report FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON report_case FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON report_case FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The same report by both ways is one.
CREATE UNIQUE INDEX report_once_per_event ON report (reporter_user_id, room_id, event_id)
  WHERE kind = 'event' AND standing <> 'invalid' AND reporter_user_id IS NOT NULL;
ALTER TABLE report
  ADD CONSTRAINT report_has_target CHECK (CASE kind
    WHEN 'event' THEN room_id IS NOT NULL AND event_id IS NOT NULL
    WHEN 'room' THEN room_id IS NOT NULL
    ELSE target_user_id IS NOT NULL END),
  ADD CONSTRAINT report_came_somehow CHECK (by_gate_at IS NOT NULL OR by_poll_at IS NOT NULL);
-- encrypted content does not compress
ALTER TABLE report_intake ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE report_evidence ALTER COLUMN sealed SET STORAGE EXTERNAL;

ALTER TABLE report_case
  ADD CONSTRAINT case_closed CHECK ((state = 'resolved') = (closed_at IS NOT NULL) AND (state = 'resolved') = (outcome IS NOT NULL)),
  ADD CONSTRAINT case_waits CHECK (waiting_until IS NULL OR state IN ('waiting', 'escalated')),
  ADD CONSTRAINT case_assigned_once CHECK (assignee_id IS NULL OR team IS NULL),
  ADD CONSTRAINT case_hold CHECK ((hold_reason IS NULL) = (held_by_id IS NULL) AND (held_at IS NULL) = (held_by_id IS NULL)),
  ADD CONSTRAINT case_not_into_itself CHECK (merged_into_id IS NULL OR merged_into_id <> id);
CREATE INDEX report_case_open_due ON report_case (due_at, id) INCLUDE (changed_at) WHERE state <> 'resolved';
CREATE INDEX report_case_open_severity ON report_case (severity DESC, due_at, id) WHERE state <> 'resolved';
CREATE INDEX report_case_subject ON report_case (room_id, reported_user_id) WHERE state <> 'resolved';
CREATE INDEX report_case_assignee ON report_case (assignee_id, due_at, id) WHERE state <> 'resolved';

-- The timeline is written once; retention may only empty an entry.
CREATE FUNCTION check_case_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.case_id, NEW.at, NEW.actor_id, NEW.actor_role) IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.at, OLD.actor_id, OLD.actor_role)
     OR NEW.content <> jsonb_build_object('type', 'erased', 'was', coalesce(OLD.content ->> 'was', OLD.content ->> 'type')) THEN
    RAISE EXCEPTION 'the timeline of a case is written once' USING ERRCODE = 'SC001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER written_once BEFORE UPDATE ON case_entry FOR EACH ROW EXECUTE FUNCTION check_case_entry();

-- Whoever reported or is reported works on nothing of the case.
CREATE FUNCTION refuse_case_party(the_case uuid, person text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF person IS NOT NULL AND EXISTS (SELECT FROM case_party WHERE case_id = the_case AND person_id = person) THEN
    RAISE EXCEPTION 'a party of the case' USING ERRCODE = 'SC005';
  END IF;
END $$;
CREATE FUNCTION check_case_measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_case_party(NEW.case_id, NEW.requested_by_id);
  PERFORM refuse_case_party(NEW.case_id, NEW.confirmed_by_id);
  RETURN NEW;
END $$;
CREATE TRIGGER no_party BEFORE INSERT OR UPDATE OF confirmed_by_id ON case_measure FOR EACH ROW EXECUTE FUNCTION check_case_measure();
CREATE FUNCTION check_case_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_case_party(NEW.id, NEW.assignee_id);
  RETURN NEW;
END $$;
CREATE TRIGGER no_party BEFORE UPDATE OF assignee_id ON report_case FOR EACH ROW EXECUTE FUNCTION check_case_row();
CREATE FUNCTION check_case_escalation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_case_party(NEW.case_id, NEW.created_by_id);
  PERFORM refuse_case_party(NEW.case_id, NEW.answered_by_id);
  RETURN NEW;
END $$;
CREATE TRIGGER no_party BEFORE INSERT OR UPDATE OF answered_by_id ON case_escalation FOR EACH ROW EXECUTE FUNCTION check_case_escalation();
-- who becomes a party later gives the case up
CREATE FUNCTION unassign_case_party() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE report_case SET assignee_id = NULL WHERE id = NEW.case_id AND assignee_id = NEW.person_id;
  RETURN NULL;
END $$;
CREATE TRIGGER gives_up AFTER INSERT ON case_party FOR EACH ROW EXECUTE FUNCTION unassign_case_party();

ALTER TABLE case_measure
  ADD CONSTRAINT measure_two_persons CHECK (confirmed_by_id IS NULL OR confirmed_by_id <> requested_by_id),
  ADD CONSTRAINT measure_confirmed CHECK ((confirmed_by_id IS NULL) = (confirmed_at IS NULL)),
  ADD CONSTRAINT heavy_measure CHECK (kind NOT IN ('lock', 'closeRoom', 'quarantineMedia') OR confirm_by IS NOT NULL);
-- nothing is done twice at once
CREATE UNIQUE INDEX case_measure_once ON case_measure (case_id, kind, target)
  WHERE state IN ('queued', 'reverting') AND kind NOT IN ('warn', 'tellReporter');
ALTER TABLE case_escalation
  ADD CONSTRAINT escalation_answered CHECK ((answered_at IS NULL) = (answered_by_id IS NULL) AND (answered_at IS NULL) = (answer IS NULL));
CREATE UNIQUE INDEX case_escalation_one_open ON case_escalation (case_id) WHERE answered_at IS NULL;

-- ---- notices about cases -----------------------------------------------------------------------------------
ALTER TYPE "mail_notice_kind" ADD VALUE 'caseSevere';
ALTER TYPE "mail_notice_kind" ADD VALUE 'caseOverdue';
ALTER TYPE "mail_notice_kind" ADD VALUE 'caseDigest';
ALTER TABLE "report_case" ADD COLUMN "told_new_at" TIMESTAMPTZ(3), ADD COLUMN "told_overdue_at" TIMESTAMPTZ(3);
CREATE INDEX report_case_untold ON report_case (severity) WHERE state <> 'resolved' AND told_new_at IS NULL;
CREATE INDEX report_case_overdue_untold ON report_case (due_at) WHERE state <> 'resolved' AND told_overdue_at IS NULL;
ALTER TABLE "mail_notice" ADD COLUMN "case_id" UUID;
CREATE INDEX "mail_notice_case_id_idx" ON "mail_notice"("case_id");
ALTER TABLE "mail_notice" ADD CONSTRAINT "mail_notice_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "report_case"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
-- a digest is about no single matter
ALTER TABLE mail_notice
  DROP CONSTRAINT mail_notice_one_matter,
  ADD CONSTRAINT mail_notice_one_matter
    CHECK (num_nonnulls(request_id, proposal_id, school_id, case_id) = CASE WHEN kind::text = 'caseDigest' THEN 0 ELSE 1 END);
CREATE OR REPLACE FUNCTION check_mail_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
      RAISE EXCEPTION 'a notice begins unsent' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'waiting'
     OR (NEW.id, NEW.person_id, NEW.kind, NEW.request_id, NEW.proposal_id, NEW.school_id, NEW.case_id, NEW.cause, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.person_id, OLD.kind, OLD.request_id, OLD.proposal_id, OLD.school_id, OLD.case_id, OLD.cause, OLD.created_at) THEN
    RAISE EXCEPTION 'a notice is only settled, once' USING ERRCODE = 'SC001';
  END IF;
  RETURN NEW;
END $$;
CREATE TABLE "case_notice_setting" (
    "person_id" TEXT NOT NULL,
    "severe" BOOLEAN NOT NULL DEFAULT true,
    "overdue" BOOLEAN NOT NULL DEFAULT true,
    "digest" BOOLEAN NOT NULL DEFAULT true,
    "quiet_until" TIMESTAMPTZ(3),

    CONSTRAINT "case_notice_setting_pkey" PRIMARY KEY ("person_id")
);
ALTER TABLE "case_notice_setting" ADD CONSTRAINT "case_notice_setting_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ---- retention ---------------------------------------------------------------------------------------------
-- Days after the closing of a case, by its category. Lengthening one needs a second person, as every loosening does.
ALTER TABLE "policy_frame" ADD COLUMN "retain_bullying_days" INTEGER NOT NULL DEFAULT 365,
ADD COLUMN "retain_extremism_days" INTEGER NOT NULL DEFAULT 730,
ADD COLUMN "retain_other_days" INTEGER NOT NULL DEFAULT 180,
ADD COLUMN "retain_sexual_days" INTEGER NOT NULL DEFAULT 730,
ADD COLUMN "retain_spam_days" INTEGER NOT NULL DEFAULT 90,
ADD COLUMN "retain_violence_days" INTEGER NOT NULL DEFAULT 730;
ALTER TABLE policy_frame ADD CONSTRAINT frame_retention CHECK (least(retain_bullying_days, retain_extremism_days,
  retain_other_days, retain_sexual_days, retain_spam_days, retain_violence_days) > 0);
CREATE INDEX report_case_to_erase ON report_case (closed_at) WHERE erased_at IS NULL AND state = 'resolved';
CREATE INDEX report_intake_unshown ON report_intake (try_at) WHERE report_id IS NULL;
CREATE INDEX synapse_report_to_forget ON synapse_report (kind, synapse_id) WHERE to_forget;

CREATE FUNCTION check_frame_retention() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb;
  after jsonb := to_jsonb(NEW);
  approved jsonb := approved_frame_content(NEW) -> 'settings';
  category text;
BEGIN
  SELECT to_jsonb(previous) INTO before FROM policy_frame previous WHERE version = NEW.version - 1;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  FOREACH category IN ARRAY ARRAY['bullying', 'sexual', 'violence', 'extremism', 'spam', 'other'] LOOP
    IF (after ->> ('retain_' || category || '_days'))::int > (before ->> ('retain_' || category || '_days'))::int
       AND approved -> ('retain' || initcap(category) || 'Days') IS DISTINCT FROM after -> ('retain_' || category || '_days') THEN
      RAISE EXCEPTION 'frame % keeps reports longer without a second person', NEW.version USING ERRCODE = 'SC010';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER checked_retention AFTER INSERT ON policy_frame FOR EACH ROW EXECUTE FUNCTION check_frame_retention();

-- What is held by law is not emptied, and what is emptied stays so.
CREATE FUNCTION check_case_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at THEN
    RAISE EXCEPTION 'an emptied case stays empty' USING ERRCODE = 'SC001';
  END IF;
  IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND (OLD.hold_reason IS NOT NULL OR OLD.state <> 'resolved') THEN
    RAISE EXCEPTION 'a case that is open or held is not emptied' USING ERRCODE = 'SC001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER erased_once BEFORE UPDATE OF erased_at ON report_case FOR EACH ROW EXECUTE FUNCTION check_case_erasure();
