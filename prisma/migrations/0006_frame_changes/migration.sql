-- Changes of the frame: what makes it more permissive is proposed by one state administrator and approved by another
-- (design §4.6). Error SC010: more permissive without a second person.

CREATE TABLE "frame_proposal" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "status" "change_request_status" NOT NULL DEFAULT 'pending',
    "author_id" TEXT NOT NULL,
    "base_version" INTEGER NOT NULL,
    "content" JSONB NOT NULL,
    "content_hash" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" TEXT,
    "decision_reason" TEXT,

    CONSTRAINT "frame_proposal_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "frame_proposal_created_at_idx" ON "frame_proposal"("created_at" DESC);
ALTER TABLE "frame_proposal" ADD CONSTRAINT "frame_proposal_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "frame_proposal" ADD CONSTRAINT "frame_proposal_base_version_fkey" FOREIGN KEY ("base_version") REFERENCES "policy_frame"("version") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "frame_proposal" ADD CONSTRAINT "frame_proposal_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- ---- proposals ---------------------------------------------------------------------------------------------
REVOKE DELETE, TRUNCATE ON frame_proposal FROM schulchat_app;
CREATE UNIQUE INDEX frame_proposal_one_open ON frame_proposal (status) WHERE status = 'pending';
ALTER TABLE frame_proposal
  ADD CONSTRAINT frame_proposal_two_persons
    CHECK (status NOT IN ('approved', 'rejected') OR (decided_by_id IS NOT NULL AND decided_by_id <> author_id)),
  ADD CONSTRAINT frame_proposal_decided CHECK ((status = 'pending') = (decided_at IS NULL));
CREATE TRIGGER never_deleted BEFORE DELETE ON frame_proposal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON frame_proposal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION check_frame_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'pending' THEN
      RAISE EXCEPTION 'a proposal begins undecided' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.status <> 'pending'
     OR (NEW.id, NEW.author_id, NEW.base_version, NEW.content, NEW.content_hash, NEW.reason, NEW.created_at, NEW.expires_at)
        IS DISTINCT FROM
        (OLD.id, OLD.author_id, OLD.base_version, OLD.content, OLD.content_hash, OLD.reason, OLD.created_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'a proposal is only decided, once' USING ERRCODE = 'SC001';
  END IF;
  IF NEW.status = 'approved' THEN
    IF NEW.base_version <> (SELECT max(version) FROM policy_frame) THEN
      RAISE EXCEPTION 'the frame has changed since it was proposed' USING ERRCODE = 'SC002';
    END IF;
    -- nobody is made state administrator in order to approve
    IF NOT EXISTS (SELECT FROM console_role_grant
                   WHERE person_id = NEW.decided_by_id AND role = 'landAdmin' AND granted_at < NEW.created_at) THEN
      RAISE EXCEPTION 'approved by nobody who was state administrator before' USING ERRCODE = 'SC005';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON frame_proposal FOR EACH ROW EXECUTE FUNCTION check_frame_proposal();

-- ---- frames ------------------------------------------------------------------------------------------------
-- Could the cell be off at some school before and on after? A school has set nothing, on or off.
CREATE FUNCTION frame_cell_opens(old_allowed boolean, old_locked boolean, new_allowed boolean, new_locked boolean)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT bool_or(NOT CASE WHEN old_locked THEN old_allowed ELSE coalesce(own, old_allowed) END
                 AND CASE WHEN new_locked THEN new_allowed ELSE coalesce(own, new_allowed) END)
  FROM (VALUES (NULL::boolean), (true), (false)) AS school_value (own)
$$;

-- What the frame's approver has approved; null if nobody has.
CREATE FUNCTION approved_frame_content(frame policy_frame) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT content FROM frame_proposal
  WHERE status = 'approved' AND base_version = frame.version - 1 AND author_id = frame.author_id AND decided_by_id = frame.approved_by_id
$$;

-- After the row, so that its own constraints speak first.
CREATE FUNCTION check_policy_frame() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  previous policy_frame;
  approved jsonb;
BEGIN
  IF NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM policy_frame WHERE version <> NEW.version) THEN
    RAISE EXCEPTION 'frame % does not follow the one in effect', NEW.version USING ERRCODE = 'SC002';
  END IF;
  SELECT * INTO previous FROM policy_frame WHERE version = NEW.version - 1;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  approved := approved_frame_content(NEW);
  IF NEW.approved_by_id IS NOT NULL AND approved IS NULL THEN
    RAISE EXCEPTION 'frame % names an approval that does not exist', NEW.version USING ERRCODE = 'SC010';
  END IF;
  approved := approved -> 'settings';
  IF previous.approval_for_every_change AND NOT NEW.approval_for_every_change
       AND approved -> 'approvalForEveryChange' IS DISTINCT FROM to_jsonb(false)
     OR NEW.approver_role_age_days < previous.approver_role_age_days
       AND approved -> 'approverRoleAgeDays' IS DISTINCT FROM to_jsonb(NEW.approver_role_age_days)
     OR NEW.request_expiry_days > previous.request_expiry_days
       AND approved -> 'requestExpiryDays' IS DISTINCT FROM to_jsonb(NEW.request_expiry_days)
     OR NEW.grace_period_days < previous.grace_period_days
       AND approved -> 'gracePeriodDays' IS DISTINCT FROM to_jsonb(NEW.grace_period_days) THEN
    RAISE EXCEPTION 'frame % is more permissive without a second person', NEW.version USING ERRCODE = 'SC010';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER checked AFTER INSERT ON policy_frame FOR EACH ROW EXECUTE FUNCTION check_policy_frame();

CREATE FUNCTION check_policy_frame_cell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  previous policy_frame_cell;
  frame policy_frame;
  approved jsonb;
BEGIN
  SELECT * INTO previous FROM policy_frame_cell
  WHERE frame_version = NEW.frame_version - 1 AND from_role = NEW.from_role AND to_target = NEW.to_target;
  IF NOT FOUND OR NOT (previous.sensitive AND NOT NEW.sensitive
                       OR frame_cell_opens(previous.allowed, previous.locked, NEW.allowed, NEW.locked)) THEN
    RETURN NULL;
  END IF;
  SELECT * INTO frame FROM policy_frame WHERE version = NEW.frame_version;
  approved := approved_frame_content(frame) -> 'cells' -> (NEW.from_role::text || '>' || NEW.to_target);
  IF approved IS NULL
     OR (approved -> 'allowed', approved -> 'locked', approved -> 'sensitive')
        IS DISTINCT FROM (to_jsonb(NEW.allowed), to_jsonb(NEW.locked), to_jsonb(NEW.sensitive)) THEN
    RAISE EXCEPTION 'cell % → % is more permissive without a second person', NEW.from_role, NEW.to_target USING ERRCODE = 'SC010';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER checked AFTER INSERT ON policy_frame_cell FOR EACH ROW EXECUTE FUNCTION check_policy_frame_cell();
