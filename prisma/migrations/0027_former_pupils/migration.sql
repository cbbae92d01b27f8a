-- Who has left a school as a pupil: the guard looks at them if they come back as staff, to this school or another.
ALTER TABLE "school_departure" ADD COLUMN "as_pupil" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX school_departure_of_pupils ON school_departure (school_id) WHERE as_pupil;

CREATE FUNCTION note_role_departures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO school_departure (person_id, school_id, as_pupil)
  SELECT gone.person_id, gone.school_id, bool_or(gone.role = 'student') FROM gone
  JOIN person ON person.id = gone.person_id
  JOIN school ON school.id = gone.school_id
  WHERE NOT EXISTS (SELECT FROM affiliation a WHERE (a.person_id, a.school_id) = (gone.person_id, gone.school_id))
    AND NOT EXISTS (SELECT FROM person_source s WHERE (s.person_id, s.school_id) = (gone.person_id, gone.school_id))
  GROUP BY gone.person_id, gone.school_id
  ON CONFLICT (person_id, school_id) DO UPDATE
    SET since = now(), settled_at = NULL, problem = NULL, as_pupil = school_departure.as_pupil OR EXCLUDED.as_pupil;
  -- who is a pupil no more but still of the school, as a guardian say, has no room to leave
  INSERT INTO school_departure (person_id, school_id, as_pupil, settled_at)
  SELECT DISTINCT gone.person_id, gone.school_id, true, now() FROM gone
  JOIN affiliation a ON (a.person_id, a.school_id) = (gone.person_id, gone.school_id)
  WHERE gone.role = 'student'
  ON CONFLICT (person_id, school_id) DO UPDATE SET since = now(), as_pupil = true;
  RETURN NULL;
END $$;
DROP TRIGGER departures ON affiliation;
CREATE TRIGGER departures AFTER DELETE ON affiliation REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION note_role_departures();
