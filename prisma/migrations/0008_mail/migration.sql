-- Mail to those whom a request or a proposal concerns: written with its cause, sent later, at most one a person and cause.

CREATE TYPE "mail_notice_kind" AS ENUM ('submitted', 'extended', 'reminder', 'approved', 'rejected', 'withdrawn', 'expired', 'void');
CREATE TYPE "mail_notice_state" AS ENUM ('waiting', 'sent', 'refused', 'dropped');

ALTER TABLE "person" ADD COLUMN "email" TEXT;
ALTER TABLE "person" ADD CONSTRAINT person_email CHECK (length(email) <= 254 AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$');

CREATE TABLE "mail_notice" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "person_id" TEXT NOT NULL,
    "kind" "mail_notice_kind" NOT NULL,
    "request_id" UUID,
    "proposal_id" UUID,
    "cause" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state" "mail_notice_state" NOT NULL DEFAULT 'waiting',
    "settled_at" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "mail_notice_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "mail_notice_request_id_idx" ON "mail_notice"("request_id");
CREATE INDEX "mail_notice_proposal_id_idx" ON "mail_notice"("proposal_id");
CREATE INDEX "mail_notice_state_created_at_idx" ON "mail_notice"("state", "created_at");
CREATE UNIQUE INDEX "mail_notice_person_id_cause_key" ON "mail_notice"("person_id", "cause");
ALTER TABLE "mail_notice" ADD CONSTRAINT "mail_notice_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "mail_notice" ADD CONSTRAINT "mail_notice_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "change_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "mail_notice" ADD CONSTRAINT "mail_notice_proposal_id_fkey" FOREIGN KEY ("proposal_id") REFERENCES "frame_proposal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ---- guarantees ----------------------------------------------------------------------------------------------
REVOKE DELETE, TRUNCATE ON mail_notice FROM schulchat_app;
ALTER TABLE mail_notice
  ADD CONSTRAINT mail_notice_one_matter CHECK (num_nonnulls(request_id, proposal_id) = 1),
  ADD CONSTRAINT mail_notice_settled CHECK ((state = 'waiting') = (settled_at IS NULL)),
  ADD CONSTRAINT mail_notice_problem CHECK ((state IN ('refused', 'dropped')) = (problem IS NOT NULL));

CREATE FUNCTION check_mail_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
      RAISE EXCEPTION 'a notice begins unsent' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'waiting'
     OR (NEW.id, NEW.person_id, NEW.kind, NEW.request_id, NEW.proposal_id, NEW.cause, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.person_id, OLD.kind, OLD.request_id, OLD.proposal_id, OLD.cause, OLD.created_at) THEN
    RAISE EXCEPTION 'a notice is only settled, once' USING ERRCODE = 'SC001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON mail_notice FOR EACH ROW EXECUTE FUNCTION check_mail_notice();
