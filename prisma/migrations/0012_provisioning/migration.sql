-- All kinds of managed rooms, the switches of a school, and what becomes of people and rooms that end (design §6).
-- Error SC012: a sensitive switch without a second person.

ALTER TABLE "school" ADD COLUMN     "announcements_enabled" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "client_switches_channels" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "space_enabled" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "staffroom_enabled" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "unserved_since" TIMESTAMPTZ(3);

ALTER TABLE "person" ADD COLUMN     "account_deactivated_at" TIMESTAMPTZ(3),
ADD COLUMN     "account_erased_at" TIMESTAMPTZ(3);

ALTER TABLE "managed_room" ADD COLUMN     "applied" JSONB,
ADD COLUMN     "children" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "closed_at" TIMESTAMPTZ(3),
ADD COLUMN     "former" JSONB,
ADD COLUMN     "mode" TEXT,
ADD COLUMN     "two_way" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "unwanted_since" TIMESTAMPTZ(3),
ADD COLUMN     "verified_at" TIMESTAMPTZ(3),
ADD COLUMN     "verify_due" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "managed_room_member" ADD COLUMN     "banned" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "room_freeze" (
    "room_id" TEXT NOT NULL,
    "school_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'writable',
    "former" JSONB,
    "applied" JSONB,
    "problem" TEXT,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "room_freeze_pkey" PRIMARY KEY ("room_id")
);

CREATE TABLE "school_departure" (
    "person_id" TEXT NOT NULL,
    "school_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "rooms" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "settled_at" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "school_departure_pkey" PRIMARY KEY ("person_id","school_id")
);

CREATE TABLE "switch_request" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "school_id" TEXT NOT NULL,
    "switch_name" TEXT NOT NULL,
    "status" "change_request_status" NOT NULL DEFAULT 'pending',
    "author_id" TEXT NOT NULL,
    "author_role" "role" NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" TEXT,
    "decision_reason" TEXT,

    CONSTRAINT "switch_request_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "room_freeze_school_id_idx" ON "room_freeze"("school_id");

CREATE INDEX "school_departure_school_id_idx" ON "school_departure"("school_id");

CREATE INDEX "switch_request_school_id_created_at_idx" ON "switch_request"("school_id", "created_at" DESC);

CREATE INDEX "managed_room_verified_at_idx" ON "managed_room"("verified_at");

ALTER TABLE "room_freeze" ADD CONSTRAINT "room_freeze_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room_record"("room_id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "room_freeze" ADD CONSTRAINT "room_freeze_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "school_departure" ADD CONSTRAINT "school_departure_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "switch_request" ADD CONSTRAINT "switch_request_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "switch_request" ADD CONSTRAINT "switch_request_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "switch_request" ADD CONSTRAINT "switch_request_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE managed_room
  ADD CONSTRAINT mode_known CHECK (mode IN ('silent', 'oneWay', 'twoWay', 'readOnly', 'drifted')),
  ADD CONSTRAINT managed_restorable CHECK ((former IS NULL) = (applied IS NULL));
ALTER TABLE room_freeze
  ADD CONSTRAINT freeze_state_known CHECK (state IN ('readOnly', 'writable', 'closed')),
  ADD CONSTRAINT freeze_restorable CHECK ((former IS NULL) = (applied IS NULL));
-- what is needed for restoring a room must not be lost
CREATE TRIGGER never_deleted BEFORE DELETE ON room_freeze FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON room_freeze FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE DELETE ON room_freeze FROM schulchat_app;

-- ---- schools -----------------------------------------------------------------------------------------------
-- Whoever switches a school off, in whatever way, starts its grace period; on again, it is forgotten.
CREATE FUNCTION note_unserved_school() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was_served boolean := OLD.service_enabled AND OLD.state_enabled AND OLD.school_enabled AND OLD.left_at IS NULL;
  is_served boolean := NEW.service_enabled AND NEW.state_enabled AND NEW.school_enabled AND NEW.left_at IS NULL;
BEGIN
  NEW.unserved_since := CASE WHEN is_served THEN NULL WHEN was_served THEN now() ELSE OLD.unserved_since END;
  RETURN NEW;
END $$;
CREATE TRIGGER note_unserved BEFORE UPDATE ON school FOR EACH ROW
  WHEN ((NEW.service_enabled, NEW.state_enabled, NEW.school_enabled, NEW.left_at)
    IS DISTINCT FROM (OLD.service_enabled, OLD.state_enabled, OLD.school_enabled, OLD.left_at))
  EXECUTE FUNCTION note_unserved_school();

-- ---- departures --------------------------------------------------------------------------------------------
-- In the database, so that no source can forget it: whoever belongs to a school no more has to leave its rooms.
CREATE FUNCTION note_departures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO school_departure (person_id, school_id)
  SELECT DISTINCT gone.person_id, gone.school_id FROM gone
  JOIN person ON person.id = gone.person_id
  JOIN school ON school.id = gone.school_id
  WHERE NOT EXISTS (SELECT FROM affiliation a WHERE (a.person_id, a.school_id) = (gone.person_id, gone.school_id))
    AND NOT EXISTS (SELECT FROM person_source s WHERE (s.person_id, s.school_id) = (gone.person_id, gone.school_id))
  ON CONFLICT (person_id, school_id) DO UPDATE SET since = now(), settled_at = NULL, problem = NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER departures AFTER DELETE ON affiliation REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION note_departures();
CREATE TRIGGER departures AFTER DELETE ON person_source REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION note_departures();
CREATE INDEX school_departure_open ON school_departure (person_id) WHERE settled_at IS NULL;

-- ---- sensitive switches: two persons -----------------------------------------------------------------------
REVOKE DELETE, TRUNCATE ON switch_request FROM schulchat_app;
CREATE UNIQUE INDEX switch_request_one_open ON switch_request (school_id, switch_name) WHERE status = 'pending';
ALTER TABLE switch_request
  ADD CONSTRAINT switch_known CHECK (switch_name IN ('announcements')),
  ADD CONSTRAINT switch_author_role CHECK (author_role IN ('orgAdmin', 'schoolManagement')),
  ADD CONSTRAINT switch_two_persons CHECK (status <> 'approved' OR (decided_by_id IS NOT NULL AND decided_by_id <> author_id)),
  ADD CONSTRAINT switch_decided CHECK ((status = 'pending') = (decided_at IS NULL));
CREATE TRIGGER never_deleted BEFORE DELETE ON switch_request FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON switch_request FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION check_switch_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'pending' THEN
      RAISE EXCEPTION 'a request begins undecided' USING ERRCODE = 'SC001';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.status <> 'pending'
     OR (NEW.id, NEW.school_id, NEW.switch_name, NEW.author_id, NEW.author_role, NEW.reason, NEW.created_at, NEW.expires_at)
        IS DISTINCT FROM
        (OLD.id, OLD.school_id, OLD.switch_name, OLD.author_id, OLD.author_role, OLD.reason, OLD.created_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'a request is only decided, once' USING ERRCODE = 'SC001';
  END IF;
  IF NEW.status = 'approved' THEN
    -- the moment of the transaction, so that the switch can only be thrown in the same one
    NEW.decided_at := now();
    IF NEW.expires_at <= now() THEN
      RAISE EXCEPTION 'the request has expired' USING ERRCODE = 'SC012';
    END IF;
    IF NOT EXISTS (SELECT FROM affiliation WHERE person_id = NEW.decided_by_id AND school_id = NEW.school_id
                   AND role IN ('orgAdmin', 'schoolManagement') AND since < NEW.created_at)
       OR NEW.author_role <> 'schoolManagement' AND NOT EXISTS (
         SELECT FROM affiliation WHERE person_id = NEW.decided_by_id AND school_id = NEW.school_id
         AND role = 'schoolManagement' AND since < NEW.created_at) THEN
      RAISE EXCEPTION 'approved by nobody who may' USING ERRCODE = 'SC005';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON switch_request FOR EACH ROW EXECUTE FUNCTION check_switch_request();

CREATE FUNCTION check_sensitive_switch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM switch_request WHERE school_id = NEW.id AND switch_name = 'announcements'
                 AND status = 'approved' AND decided_at = now()::timestamptz(3)) THEN
    RAISE EXCEPTION 'announcements need a second person' USING ERRCODE = 'SC012';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sensitive_inserted BEFORE INSERT ON school FOR EACH ROW
  WHEN (NEW.announcements_enabled) EXECUTE FUNCTION check_sensitive_switch();
CREATE TRIGGER sensitive_switched BEFORE UPDATE ON school FOR EACH ROW
  WHEN (NEW.announcements_enabled AND NOT OLD.announcements_enabled) EXECUTE FUNCTION check_sensitive_switch();
