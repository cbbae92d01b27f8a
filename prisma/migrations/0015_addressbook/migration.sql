-- The address book: one row a person and school with everything that lists and searches look at, so that a folder opens
-- and a search answers by one range of one index, however many people the state has (docs/decisions/014).

-- When the chat server first knew the person to be signed in; null: never.
ALTER TABLE "person" ADD COLUMN "first_seen_at" TIMESTAMPTZ(3);

CREATE TABLE "address_entry" (
    "school_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "role_mask" SMALLINT NOT NULL,
    "sort_name" TEXT COLLATE "C" NOT NULL,
    "search_name" TEXT COLLATE "C" NOT NULL,
    "active" BOOLEAN NOT NULL,
    "protected" BOOLEAN NOT NULL,

    CONSTRAINT "address_entry_pkey" PRIMARY KEY ("school_id","person_id")
);

-- CreateIndex
CREATE INDEX "address_entry_person_id_idx" ON "address_entry"("person_id");

-- The order of every list; the rest rides along, so that lists, counts and searches read nothing else.
CREATE INDEX "address_entry_in_order" ON "address_entry" ("school_id", "sort_name", "person_id")
  INCLUDE ("role_mask", "search_name", "active", "protected");

-- AddForeignKey
ALTER TABLE "address_entry" ADD CONSTRAINT "address_entry_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "address_entry" ADD CONSTRAINT "address_entry_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ---- names as they are compared --------------------------------------------------------------------------------
-- The same in lib/addressbook/fold.ts; a test holds both against each other. By code points, never by the locale: two
-- servers must sort and find alike.

-- Lower case without accents and punctuation: "Müller-Lüdenscheidt" is "muller ludenscheidt".
CREATE FUNCTION address_base(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT btrim(regexp_replace(
    replace(replace(replace(replace(
      translate(
        regexp_replace(normalize(name, NFKD), '[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]', '', 'g'),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZØøŁłĐđÐıĦħẞÆŒÞΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ',
        'abcdefghijklmnopqrstuvwxyzoolldddihhßæœþαβγδεζηθικλμνξοπρστυφχψωσѐёђѓєѕіїјљњћќѝўџабвгдежзийклмнопрстуфхцчшщъыьэюя'),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02b0-\u02ff\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f\ufe00-\ufe0f\ufeff]+',
    ' ', 'g'), ' ')
$$;

-- For finding: "Mueller" and "Müller" are one.
CREATE FUNCTION address_fold(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT regexp_replace(address_base(name), '([aou])e', '\1', 'g')
$$;

-- For sorting groups: "7b" stands before "10a".
CREATE FUNCTION address_order(title text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT regexp_replace(regexp_replace(address_base(title), '([0-9]+)', '00000000\1', 'g'), '0*([0-9]{9})', '\1', 'g')
$$;

ALTER TABLE "school_group" ADD COLUMN "sort_title" TEXT COLLATE "C" GENERATED ALWAYS AS (address_order(title)) STORED;
ALTER TABLE "school_group" ADD COLUMN "search_title" TEXT COLLATE "C" GENERATED ALWAYS AS (' ' || address_fold(title)) STORED;

-- ---- kept by the database alone --------------------------------------------------------------------------------

CREATE FUNCTION role_bit(held role) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT CASE held WHEN 'teacher' THEN 1 WHEN 'student' THEN 2 WHEN 'guardian' THEN 4 WHEN 'schoolManagement' THEN 8
    WHEN 'secretariat' THEN 16 WHEN 'socialWork' THEN 32 WHEN 'parentsCouncil' THEN 64 WHEN 'orgAdmin' THEN 128 END
$$;

-- "Anna-Lena" is found as "anna", "lena" and "annalena".
CREATE FUNCTION address_words(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT address_fold(name) || CASE WHEN name ~ '[-''’‐‑]' THEN ' ' || address_fold(regexp_replace(name, '[-''’‐‑]', '', 'g')) ELSE '' END
$$;

CREATE FUNCTION refresh_address_entries(people text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  -- a name and a role that are written at the same time must both arrive: the later one waits and reads the other's
  PERFORM FROM person WHERE id = ANY (people) ORDER BY id FOR SHARE;
  DELETE FROM address_entry e WHERE e.person_id = ANY (people)
    AND NOT EXISTS (SELECT FROM affiliation a WHERE a.person_id = e.person_id AND a.school_id = e.school_id);
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
REVOKE EXECUTE ON FUNCTION refresh_address_entries(text[]) FROM PUBLIC;

CREATE FUNCTION follow_affiliation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  people text[] := (SELECT array_agg(DISTINCT person_id) FROM changed);
BEGIN
  IF people IS NOT NULL THEN PERFORM refresh_address_entries(people); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER address_book_gains AFTER INSERT ON affiliation REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION follow_affiliation();
CREATE TRIGGER address_book_loses AFTER DELETE ON affiliation REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION follow_affiliation();
CREATE TRIGGER address_book_changes AFTER UPDATE ON affiliation REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION follow_affiliation();

CREATE FUNCTION follow_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  people text[] := (
    SELECT array_agg(after.id) FROM after JOIN before ON before.id = after.id
    WHERE (after.family_name, after.given_name, after.display_name, after.enabled, after.left_at IS NULL, after.address_protected)
      IS DISTINCT FROM (before.family_name, before.given_name, before.display_name, before.enabled, before.left_at IS NULL, before.address_protected));
BEGIN
  IF people IS NOT NULL THEN PERFORM refresh_address_entries(people); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER address_book_follows AFTER UPDATE ON person REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION follow_person();

REVOKE INSERT, UPDATE, DELETE ON address_entry FROM schulchat_app;

SELECT refresh_address_entries(array_agg(person_id)) FROM (SELECT DISTINCT person_id FROM affiliation) AS known
  HAVING count(*) > 0;
