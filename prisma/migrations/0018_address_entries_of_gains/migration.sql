-- Roles that somebody gains take no entry away: while people come in, as in a whole state's first import, nothing is
-- looked for that might have to go.
CREATE OR REPLACE FUNCTION refresh_address_entries(people text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  -- a name and a role that are written at the same time must both arrive: the later one waits and reads the other's
  PERFORM FROM person WHERE id = ANY (people) ORDER BY id FOR SHARE;
  INSERT INTO address_entry (school_id, person_id, role_mask, sort_name, search_name, active, protected)
  SELECT held.school_id, p.id, held.role_mask,
    -- an entry of an index has its limit, and a name from outside has none
    left(address_base(CASE WHEN p.family_name || p.given_name = '' THEN p.display_name ELSE p.family_name || ' ' || p.given_name END), 120),
    left(' ' || CASE WHEN p.family_name || p.given_name = '' THEN address_words(p.display_name)
      ELSE address_words(p.family_name) || ' ' || address_words(p.given_name) END, 400),
    p.enabled AND p.left_at IS NULL, p.address_protected
  FROM (
    SELECT a.school_id, a.person_id, bit_or(role_bit(a.role)) AS role_mask FROM affiliation a
    WHERE a.person_id = ANY (people) GROUP BY a.school_id, a.person_id
  ) AS held JOIN person p ON p.id = held.person_id
  ON CONFLICT (school_id, person_id) DO UPDATE SET role_mask = EXCLUDED.role_mask, sort_name = EXCLUDED.sort_name,
    search_name = EXCLUDED.search_name, active = EXCLUDED.active, protected = EXCLUDED.protected
  WHERE (address_entry.role_mask, address_entry.sort_name, address_entry.search_name, address_entry.active, address_entry.protected)
    IS DISTINCT FROM (EXCLUDED.role_mask, EXCLUDED.sort_name, EXCLUDED.search_name, EXCLUDED.active, EXCLUDED.protected);
END $$;

CREATE OR REPLACE FUNCTION follow_affiliation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  people text[] := (SELECT array_agg(DISTINCT person_id) FROM changed);
BEGIN
  IF people IS NULL THEN RETURN NULL; END IF;
  PERFORM refresh_address_entries(people); -- locks the people first
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM address_entry e WHERE e.person_id = ANY (people)
      AND NOT EXISTS (SELECT FROM affiliation a WHERE a.person_id = e.person_id AND a.school_id = e.school_id);
  END IF;
  RETURN NULL;
END $$;
