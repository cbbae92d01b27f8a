-- For a whole state's first import. OFFSET 0 has people and roles looked up one by one: a plan that was made while the
-- tables were empty would otherwise read everybody for every school, until the tables are analysed.
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
  FROM unnest(people) AS wanted (id)
    CROSS JOIN LATERAL (
      SELECT id, family_name, given_name, display_name, enabled, left_at, address_protected FROM person
      WHERE person.id = wanted.id OFFSET 0) AS p
    CROSS JOIN LATERAL (
      SELECT a.school_id, bit_or(role_bit(a.role)) AS role_mask FROM affiliation a
      WHERE a.person_id = wanted.id GROUP BY a.school_id OFFSET 0) AS held
  ON CONFLICT (school_id, person_id) DO UPDATE SET role_mask = EXCLUDED.role_mask, sort_name = EXCLUDED.sort_name,
    search_name = EXCLUDED.search_name, active = EXCLUDED.active, protected = EXCLUDED.protected
  WHERE (address_entry.role_mask, address_entry.sort_name, address_entry.search_name, address_entry.active, address_entry.protected)
    IS DISTINCT FROM (EXCLUDED.role_mask, EXCLUDED.sort_name, EXCLUDED.search_name, EXCLUDED.active, EXCLUDED.protected);
END $$;
