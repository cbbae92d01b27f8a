-- Console roles by two persons, access that ends at once, and the ways into the audit log (design §9, §10).

-- AlterTable
ALTER TABLE "console_role_grant" ADD COLUMN "granted_by_id" TEXT,
ADD COLUMN "confirmed_by_id" TEXT;

-- CreateTable
CREATE TABLE "land_admin_proposal" (
    "person_id" TEXT NOT NULL,
    "proposed_by_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "land_admin_proposal_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "console_access_block" (
    "person_id" TEXT NOT NULL,
    "blocked_by_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "blocked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "console_access_block_pkey" PRIMARY KEY ("person_id")
);

-- CreateIndex
CREATE INDEX "audit_entry_actor_id_at_idx" ON "audit_entry"("actor_id", "at" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_scope_type_seq_idx" ON "audit_entry"("scope", "type", "seq" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_scope_at_idx" ON "audit_entry"("scope", "at" DESC);

-- AddForeignKey
ALTER TABLE "land_admin_proposal" ADD CONSTRAINT "land_admin_proposal_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "land_admin_proposal" ADD CONSTRAINT "land_admin_proposal_proposed_by_id_fkey" FOREIGN KEY ("proposed_by_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "console_access_block" ADD CONSTRAINT "console_access_block_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "console_access_block" ADD CONSTRAINT "console_access_block_blocked_by_id_fkey" FOREIGN KEY ("blocked_by_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ---- guarantees ----------------------------------------------------------------------------------------------

-- Who may act for the state right now.
CREATE FUNCTION acts_as_land_admin(person text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM console_role_grant WHERE person_id = person AND role = 'landAdmin')
     AND NOT EXISTS (SELECT FROM console_access_block WHERE person_id = person)
$$;

-- A grant without a grantor is an operator's, from the command line.
ALTER TABLE console_role_grant
  ADD CONSTRAINT grant_two_persons CHECK (confirmed_by_id IS NULL OR confirmed_by_id <> granted_by_id),
  ADD CONSTRAINT grant_confirmed CHECK (confirmed_by_id IS NULL OR granted_by_id IS NOT NULL),
  ADD CONSTRAINT grant_not_to_oneself CHECK (person_id <> granted_by_id AND person_id <> confirmed_by_id),
  ADD CONSTRAINT land_admin_by_two CHECK (role <> 'landAdmin' OR granted_by_id IS NULL OR confirmed_by_id IS NOT NULL);

CREATE FUNCTION check_console_role_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.granted_by_id IS NULL THEN RETURN NEW; END IF;
  IF NEW.role = 'landAdmin' AND NOT EXISTS (
    SELECT FROM land_admin_proposal
    WHERE person_id = NEW.person_id AND proposed_by_id = NEW.granted_by_id AND expires_at > now()
  ) THEN
    RAISE EXCEPTION 'a state administrator is proposed first' USING ERRCODE = 'SC008';
  END IF;
  IF NOT acts_as_land_admin(NEW.granted_by_id) OR NOT acts_as_land_admin(coalesce(NEW.confirmed_by_id, NEW.granted_by_id)) THEN
    RAISE EXCEPTION 'only a state administrator grants console roles' USING ERRCODE = 'SC008';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON console_role_grant FOR EACH ROW EXECUTE FUNCTION check_console_role_grant();

ALTER TABLE land_admin_proposal
  ADD CONSTRAINT proposal_not_of_oneself CHECK (proposed_by_id <> person_id),
  ADD CONSTRAINT proposal_has_reason CHECK (length(reason) >= 10);
CREATE TRIGGER written_once BEFORE UPDATE ON land_admin_proposal FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE console_access_block
  ADD CONSTRAINT block_not_of_oneself CHECK (blocked_by_id <> person_id),
  ADD CONSTRAINT block_has_reason CHECK (length(reason) >= 10);
CREATE TRIGGER written_once BEFORE UPDATE ON console_access_block FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Somebody stays who can act for the state: neither removing roles nor blocking people, at the same time or one after
-- the other, leaves the state without an administrator.
CREATE FUNCTION require_another_land_admin(person text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM console_role_grant WHERE role = 'landAdmin' ORDER BY person_id FOR UPDATE;
  IF NOT EXISTS (
    SELECT FROM console_role_grant WHERE role = 'landAdmin' AND person_id <> person AND acts_as_land_admin(person_id)
  ) THEN
    RAISE EXCEPTION 'the last state administrator stays' USING ERRCODE = 'SC006';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION keep_a_land_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.role = 'landAdmin' THEN PERFORM require_another_land_admin(OLD.person_id); END IF;
  RETURN OLD;
END $$;

-- Access ends at once: the sessions end in the same transaction, and no new one begins while the block stands.
CREATE FUNCTION end_console_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT acts_as_land_admin(NEW.blocked_by_id) THEN
    RAISE EXCEPTION 'only a state administrator ends console access' USING ERRCODE = 'SC008';
  END IF;
  PERFORM require_another_land_admin(NEW.person_id);
  UPDATE session SET ended_at = now() WHERE person_id = NEW.person_id AND ended_at IS NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER ends_sessions BEFORE INSERT ON console_access_block FOR EACH ROW EXECUTE FUNCTION end_console_access();

CREATE FUNCTION refuse_blocked_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM console_access_block WHERE person_id = NEW.person_id) THEN
    RAISE EXCEPTION 'console access of this person has been ended' USING ERRCODE = 'SC007';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER not_blocked BEFORE INSERT ON session FOR EACH ROW EXECUTE FUNCTION refuse_blocked_session();
