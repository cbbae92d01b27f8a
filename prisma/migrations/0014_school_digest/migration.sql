-- What happened in rooms of a school is told its management by mail, gathered, at most once a day (design §5).
ALTER TYPE "mail_notice_kind" ADD VALUE 'digest';
ALTER TABLE "mail_notice" ADD COLUMN "school_id" TEXT;
CREATE INDEX "mail_notice_school_id_idx" ON "mail_notice"("school_id");
ALTER TABLE "mail_notice" ADD CONSTRAINT "mail_notice_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- as text: a new value of an enumeration cannot be named in the transaction that adds it
ALTER TABLE mail_notice
  DROP CONSTRAINT mail_notice_one_matter,
  ADD CONSTRAINT mail_notice_one_matter CHECK (num_nonnulls(request_id, proposal_id, school_id) = 1),
  ADD CONSTRAINT mail_notice_digest CHECK ((kind::text = 'digest') = (school_id IS NOT NULL));

CREATE OR REPLACE FUNCTION check_mail_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
      RAISE EXCEPTION 'a notice begins unsent' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'waiting'
     OR (NEW.id, NEW.person_id, NEW.kind, NEW.request_id, NEW.proposal_id, NEW.school_id, NEW.cause, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.person_id, OLD.kind, OLD.request_id, OLD.proposal_id, OLD.school_id, OLD.cause, OLD.created_at) THEN
    RAISE EXCEPTION 'a notice is only settled, once' USING ERRCODE = 'SC001';
  END IF;
  RETURN NEW;
END $$;
