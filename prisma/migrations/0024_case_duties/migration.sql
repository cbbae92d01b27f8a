-- What a case owes: reports that turn out to be the same become one, whom each is about is known, waiting ends by
-- itself, and what retention takes from a case it takes from the audit log's contents too.
ALTER TABLE "report" ADD COLUMN "double_of_id" UUID;
ALTER TABLE "report" ADD CONSTRAINT "report_double_of_id_fkey" FOREIGN KEY ("double_of_id") REFERENCES "report"("id") ON DELETE SET NULL ON UPDATE CASCADE;
-- a double stands in no case of its own, and says nothing that the other does not say
ALTER TABLE report ADD CONSTRAINT report_double CHECK (double_of_id IS NULL OR (case_id IS NULL AND reason = '' AND double_of_id <> id));
-- told to Synapse, although the report could not be written down yet: a further try must not tell it again
ALTER TABLE "report_intake" ADD COLUMN "forwarded_at" TIMESTAMPTZ(3);

-- whom a message is from was known only to its case; where nothing was put together by hand, that is every report's
UPDATE report r SET target_user_id = c.reported_user_id FROM report_case c
WHERE c.id = r.case_id AND r.kind = 'event' AND r.target_user_id IS NULL AND c.erased_at IS NULL
  AND NOT EXISTS (SELECT FROM case_entry e WHERE e.case_id = c.id AND e.content ->> 'type' IN ('merged', 'split'));

ALTER TYPE "mail_notice_kind" ADD VALUE 'caseWoken';
CREATE INDEX report_case_waiting ON report_case (waiting_until) WHERE waiting_until IS NOT NULL;
-- verified ones first, newest first
CREATE INDEX report_of_case ON report (case_id, (standing = 'verified') DESC, received_at DESC, id) WHERE case_id IS NOT NULL;
DROP INDEX "report_case_id_idx";

-- ---- the audit log's entries about a case ------------------------------------------------------------------
CREATE INDEX audit_payload_case ON audit_payload ((payload::jsonb ->> 'caseId')) WHERE payload::jsonb ->> 'caseId' IS NOT NULL;
-- why something was held, released or taken out is content. The entries stay, and so does their chain: it commits to a
-- salted hash of what is gone.
CREATE FUNCTION erase_case_reasons(erased uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM report_case WHERE id = erased AND erased_at IS NOT NULL) THEN
    RAISE EXCEPTION 'case % has its content', erased USING ERRCODE = 'SC001';
  END IF;
  DELETE FROM audit_payload p USING audit_entry e
  WHERE e.scope = p.scope AND e.seq = p.seq AND e.type IN ('caseHoldSet', 'caseReleased', 'caseExported')
    AND p.payload::jsonb ->> 'caseId' = erased::text;
END $$;
REVOKE EXECUTE ON FUNCTION erase_case_reasons(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_case_reasons(uuid) TO schulchat_app;
