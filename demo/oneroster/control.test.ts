/** Journeys change the directory from another process: what they ask for must be served, and nobody else may ask. */
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { buildSmallDirectory, SCHOOL } from "#test/small-directory.ts";
import { type OneRosterServer, startOneRosterServer } from "../oneroster-server.ts";

let server: OneRosterServer;
afterEach(() => server.stop());

const start = async (control: boolean) => {
  const { directory, ...ids } = buildSmallDirectory();
  server = await startOneRosterServer({ port: 0, clientId: "c", clientSecret: "s", directory, control });
  return ids;
};
const ask = (command: object): Promise<Response> =>
  fetch(new URL("/control", server.baseUrl), {
    method: "POST",
    body: JSON.stringify(command),
    signal: AbortSignal.timeout(5_000),
  });
const answer = z.object({ made: z.object({ sourcedId: z.string() }).nullable() });

test("a class is added with a member, a teacher is removed", async () => {
  const { teacher, pupil } = await start(true);
  const { made } = answer.parse(await (await ask({ do: "addClass", schoolId: SCHOOL, title: "9c" })).json());
  await ask({ do: "enroll", classId: made?.sourcedId, personId: pupil, role: "student" });
  await ask({ do: "removePerson", personId: teacher });
  const { current } = server.directory;
  expect(current.classes.at(-1)).toMatchObject({ sourcedId: made?.sourcedId, title: "9c" });
  expect(current.enrollments.at(-1)).toMatchObject({ user: { href: pupil } });
  expect(current.users.find((user) => user.sourcedId === teacher)?.status).toBe("tobedeleted");
});

test("what is no command changes nothing, and without the option there is nothing to ask", async () => {
  await start(true);
  const refused = await ask({ do: "everything" });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ imsx_codeMajor: "failure" });
  await server.stop();
  await start(false);
  expect((await ask({ do: "reset" })).status).toBe(401);
});
