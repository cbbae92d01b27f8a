// A directory of one school with two classes, for tests that look at single people.
import { DEMO_SERVICE_ID, makeClass, makeEnrollment, makeOrg, makeUser, timestamp } from "#demo/data/records.ts";
import type { DemoDirectory, DemoEnrollment, DemoRole } from "#demo/data/types.ts";

export const SCHOOL = "DE-RP-SN-12345";

export type SmallDirectory = {
  readonly directory: DemoDirectory;
  /** Directory ids. */
  readonly teacher: string;
  readonly colleague: string;
  readonly pupil: string;
  readonly classmate: string;
  readonly guardian: string;
  readonly manager: string;
  readonly class7a: string;
  readonly class7b: string;
};

export function buildSmallDirectory(): SmallDirectory {
  const modified = timestamp(Date.UTC(2026, 7, 3) * 1_000);
  const person = (givenName: string, familyName: string, role: DemoRole) =>
    makeUser({ username: familyName.toLowerCase(), givenName, familyName, roles: [{ org: SCHOOL, role }] }, modified);
  const teacher = person("Jörg", "Kühn", "teacher");
  const colleague = person("Anke", "Groß", "teacher");
  const pupil = person("Mia", "Klein", "student");
  const classmate = person("Emre", "Öztürk", "student");
  const guardian = person("Uta", "Klein-Maier", "guardian");
  const manager = person("Rita", "Bös", "schoolManagement");
  const group = (title: string) => makeClass({ schoolId: SCHOOL, title, classType: "homeroom", modified });
  const [class7a, class7b] = [group("7a"), group("7b")];
  const enroll = (classId: string, userId: string, role: DemoEnrollment["role"]) =>
    makeEnrollment({ schoolId: SCHOOL, classId, userId, role, modified });
  return {
    directory: {
      orgs: [makeOrg({ id: SCHOOL, name: "Übungsschule", services: [DEMO_SERVICE_ID], modified })],
      users: [teacher, colleague, pupil, classmate, guardian, manager],
      classes: [class7a, class7b],
      enrollments: [
        enroll(class7a.sourcedId, teacher.sourcedId, "teacher"),
        enroll(class7a.sourcedId, pupil.sourcedId, "student"),
        enroll(class7a.sourcedId, classmate.sourcedId, "student"),
        enroll(class7b.sourcedId, colleague.sourcedId, "teacher"),
      ],
    },
    teacher: teacher.sourcedId,
    colleague: colleague.sourcedId,
    pupil: pupil.sourcedId,
    classmate: classmate.sourcedId,
    guardian: guardian.sourcedId,
    manager: manager.sourcedId,
    class7a: class7a.sourcedId,
    class7b: class7b.sourcedId,
  };
}
