-- What must never happen, said by the database itself (design §4.6, §4.8, §10). The application checks the same
-- rules first and with better words, and these hold when it is wrong.

-- ---- the application's rights ------------------------------------------------------------------------------
-- The application connects with `role=schulchat_app`. It may not change what is written once.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'schulchat_app') THEN CREATE ROLE schulchat_app NOLOGIN; END IF;
  EXECUTE format('GRANT schulchat_app TO %I', current_user);
END $$;
GRANT USAGE ON SCHEMA public TO schulchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO schulchat_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO schulchat_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO schulchat_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO schulchat_app;
REVOKE UPDATE, DELETE ON policy_version, policy_frame, policy_frame_cell, change_request_part, audit_entry, audit_payload,
  room_record FROM schulchat_app;
REVOKE DELETE ON change_request FROM schulchat_app;
REVOKE INSERT, UPDATE, DELETE ON audit_chain FROM schulchat_app;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is written once: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'SC001';
END $$;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['policy_version', 'policy_frame', 'policy_frame_cell', 'change_request_part', 'audit_entry', 'room_record'] LOOP
    EXECUTE format('CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END $$;
-- requests are decided, never deleted
CREATE TRIGGER never_deleted BEFORE DELETE ON change_request FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON change_request FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- retention may erase a payload, nobody may rewrite it
CREATE TRIGGER written_once BEFORE UPDATE ON audit_payload FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- a grant is given and taken, so that taking the last one cannot hide in an update
CREATE TRIGGER written_once BEFORE UPDATE ON console_role_grant FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- ---- the frame ---------------------------------------------------------------------------------------------
ALTER TABLE policy_frame
  ADD CONSTRAINT frame_two_persons CHECK (approved_by_id IS NULL OR approved_by_id <> author_id),
  ADD CONSTRAINT frame_periods CHECK (approver_role_age_days >= 0 AND request_expiry_days > 0 AND grace_period_days >= 0);

ALTER TABLE policy_frame_cell
  ADD CONSTRAINT frame_target CHECK (to_target IN ('teacher', 'student', 'guardian', 'schoolManagement', 'secretariat',
    'socialWork', 'parentsCouncil', 'orgAdmin', 'groups')),
  -- a locked cell has the frame's value, so this says both "not on by default" and "not locked on"
  ADD CONSTRAINT sensitive_opened_by_schools_only CHECK (NOT (sensitive AND allowed)),
  ADD CONSTRAINT sensitive_by_constraint CHECK (sensitive OR (from_role::text, to_target) NOT IN (
    ('student', 'student'), ('guardian', 'student'), ('parentsCouncil', 'student'),
    ('student', 'guardian'), ('student', 'parentsCouncil'))),
  ADD CONSTRAINT lock_has_reason CHECK (NOT locked OR coalesce(length(reason), 0) > 0);

ALTER TABLE policy_cell
  ADD CONSTRAINT cell_target CHECK (to_target IN ('teacher', 'student', 'guardian', 'schoolManagement', 'secretariat',
    'socialWork', 'parentsCouncil', 'orgAdmin', 'groups'));

-- Place of a cell in policy_version.cells, from 1 (lib/policy/cells.ts counts the same way from 0).
CREATE FUNCTION cell_position(from_role role, to_target text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT (array_position(enum_range(NULL::role), from_role) - 1) * 9
       + coalesce(array_position(enum_range(NULL::role)::text[], to_target), 9)
$$;

-- ---- versions ----------------------------------------------------------------------------------------------
ALTER TABLE policy_version
  ADD CONSTRAINT version_cells CHECK (cells ~ '^[DdSsLl]{72}$'),
  ADD CONSTRAINT version_two_persons CHECK (approved_by_id IS NULL OR approved_by_id <> author_id),
  ADD CONSTRAINT version_approval_names_request CHECK ((approved_by_id IS NULL) = (request_id IS NULL));

CREATE FUNCTION check_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  current_number integer;
  frame_cell record;
  place integer;
  letter text;
BEGIN
  SELECT current_version INTO current_number FROM school WHERE id = NEW.school_id FOR NO KEY UPDATE;
  IF NEW.number <> current_number + 1 THEN
    RAISE EXCEPTION 'version % does not follow %', NEW.number, current_number USING ERRCODE = 'SC002';
  END IF;
  IF NEW.frame_version <> (SELECT max(version) FROM policy_frame) THEN
    RAISE EXCEPTION 'version is not built on the frame in effect' USING ERRCODE = 'SC002';
  END IF;
  IF (SELECT count(*) FROM policy_frame_cell WHERE frame_version = NEW.frame_version) <> length(NEW.cells) THEN
    RAISE EXCEPTION 'frame % lacks a cell', NEW.frame_version USING ERRCODE = 'SC003';
  END IF;
  FOR frame_cell IN SELECT * FROM policy_frame_cell WHERE frame_version = NEW.frame_version LOOP
    place := cell_position(frame_cell.from_role, frame_cell.to_target);
    letter := substr(NEW.cells, place, 1);
    IF frame_cell.locked <> (letter IN ('L', 'l'))
       OR (letter IN ('L', 'D')) AND NOT frame_cell.allowed
       OR (letter IN ('l', 'd')) AND frame_cell.allowed THEN
      RAISE EXCEPTION 'cell % → % contradicts the frame', frame_cell.from_role, frame_cell.to_target USING ERRCODE = 'SC003';
    END IF;
    -- a school's opening outlives a lock of the frame; any other needs an approved request, which opens only once
    IF frame_cell.sensitive AND letter = 'S' AND 'S' IS DISTINCT FROM (
      SELECT substr(v.cells, place, 1) FROM policy_version v
      WHERE v.school_id = NEW.school_id AND substr(v.cells, place, 1) NOT IN ('L', 'l') ORDER BY v.number DESC LIMIT 1
    ) AND NOT EXISTS (
      SELECT FROM change_request r JOIN change_request_part p ON p.request_id = r.id
      WHERE r.id = NEW.request_id AND r.school_id = NEW.school_id AND r.status = 'approved' AND r.decided_by_id = NEW.approved_by_id
        AND frame_cell.from_role::text || '>' || frame_cell.to_target = ANY (p.cells)
        AND NOT EXISTS (SELECT FROM policy_version used WHERE used.request_id = r.id)
    ) THEN
      RAISE EXCEPTION 'sensitive cell % → % opened without approval', frame_cell.from_role, frame_cell.to_target USING ERRCODE = 'SC004';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON policy_version FOR EACH ROW EXECUTE FUNCTION check_policy_version();

-- The newest version is the one in effect: gates read it from the school's row.
CREATE FUNCTION put_policy_version_into_effect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE school SET current_version = NEW.number, policy_cells = NEW.cells WHERE id = NEW.school_id;
  RETURN NULL;
END $$;
CREATE TRIGGER in_effect AFTER INSERT ON policy_version FOR EACH ROW EXECUTE FUNCTION put_policy_version_into_effect();

-- Nothing but a version comes into effect: without this, one UPDATE of the school's row would bypass all of the above.
CREATE FUNCTION check_policy_in_effect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- an upsert proposes its row before it finds the school that is there, so a new row is judged by itself
  IF (TG_OP = 'UPDATE' AND EXISTS (SELECT FROM policy_version WHERE school_id = NEW.id AND number > NEW.current_version))
     OR (NEW.current_version, NEW.policy_cells) IS DISTINCT FROM (0, NULL::text) AND NOT EXISTS (
       SELECT FROM policy_version WHERE school_id = NEW.id AND number = NEW.current_version AND cells = NEW.policy_cells) THEN
    RAISE EXCEPTION 'only the newest version is in effect' USING ERRCODE = 'SC002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_versions_inserted BEFORE INSERT ON school FOR EACH ROW EXECUTE FUNCTION check_policy_in_effect();
CREATE TRIGGER only_versions_updated BEFORE UPDATE ON school FOR EACH ROW
  WHEN ((NEW.current_version, NEW.policy_cells) IS DISTINCT FROM (OLD.current_version, OLD.policy_cells))
  EXECUTE FUNCTION check_policy_in_effect();

-- ---- requests ----------------------------------------------------------------------------------------------
CREATE UNIQUE INDEX change_request_one_open_per_school ON change_request (school_id) WHERE status = 'pending';
ALTER TABLE change_request
  ADD CONSTRAINT request_two_persons CHECK (status <> 'approved' OR (decided_by_id IS NOT NULL AND decided_by_id <> author_id)),
  ADD CONSTRAINT request_decided CHECK ((status = 'pending') = (decided_at IS NULL));

CREATE FUNCTION check_change_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'pending' THEN
    RAISE EXCEPTION 'a decided request does not change' USING ERRCODE = 'SC001';
  END IF;
  IF (NEW.id, NEW.school_id, NEW.author_id, NEW.created_at, NEW.expires_at)
     IS DISTINCT FROM (OLD.id, OLD.school_id, OLD.author_id, OLD.created_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'origin and end of a request do not change' USING ERRCODE = 'SC001';
  END IF;
  IF NEW.status = 'approved' AND EXISTS (
    SELECT FROM change_request_part WHERE request_id = NEW.id AND author_id = NEW.decided_by_id
  ) THEN
    RAISE EXCEPTION 'author and approver are the same person' USING ERRCODE = 'SC005';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE UPDATE ON change_request FOR EACH ROW EXECUTE FUNCTION check_change_request();

CREATE FUNCTION check_change_request_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM change_request WHERE id = NEW.request_id AND status = 'pending' FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a decided request takes no further part' USING ERRCODE = 'SC001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON change_request_part FOR EACH ROW EXECUTE FUNCTION check_change_request_part();

-- ---- audit -------------------------------------------------------------------------------------------------
-- The hash covers a JSON array of texts, so that no two entries can share a reading (lib/audit/chain.ts recomputes it).
CREATE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  chain record;
BEGIN
  INSERT INTO audit_chain (scope) VALUES (NEW.scope) ON CONFLICT DO NOTHING;
  SELECT last_seq, head INTO chain FROM audit_chain WHERE scope = NEW.scope FOR UPDATE;
  NEW.seq := chain.last_seq + 1;
  NEW.at := date_trunc('milliseconds', clock_timestamp());
  NEW.previous_hash := chain.head;
  NEW.hash := encode(sha256(convert_to(json_build_array(
    NEW.previous_hash, NEW.scope, NEW.seq::text, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    coalesce(NEW.actor_id, ''), NEW.actor_role, NEW.type, NEW.outcome, NEW.correlation_id, NEW.commitment)::text, 'UTF8')), 'hex');
  UPDATE audit_chain SET last_seq = NEW.seq, head = NEW.hash WHERE scope = NEW.scope;
  RETURN NEW;
END $$;
CREATE TRIGGER chained BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION chain_audit_entry();

-- The last state administrator cannot be removed.
CREATE FUNCTION keep_a_land_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM console_role_grant WHERE role = 'landAdmin' FOR UPDATE;
  IF OLD.role = 'landAdmin' AND (SELECT count(*) FROM console_role_grant WHERE role = 'landAdmin') <= 1 THEN
    RAISE EXCEPTION 'the last state administrator stays' USING ERRCODE = 'SC006';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER keep_one BEFORE DELETE ON console_role_grant FOR EACH ROW EXECUTE FUNCTION keep_a_land_admin();
