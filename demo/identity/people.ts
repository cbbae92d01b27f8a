/** Who can sign in at the demo's identity provider: everybody in the directory, and the state's staff, who do not stand in it. */
import { type DemoLogin, demoLogins } from "../data/people.ts";
import { schoolPlans } from "../data/schools.ts";
import type { DemoDirectory } from "../data/types.ts";

export type IdentityPerson = {
  readonly subject: string;
  readonly username: string;
  readonly givenName: string;
  readonly familyName: string;
  /** The directory's id, for people of the directory. */
  readonly sourcedId: string | null;
};

export type IdentityPeople = {
  findByUsername(username: string): IdentityPerson | undefined;
  findBySubject(subject: string): IdentityPerson | undefined;
};

/** One heading of the login page and the people who can be chosen under it. */
export type LoginGroup = {
  readonly heading: string;
  readonly people: readonly { readonly username: string; readonly displayName: string; readonly note: string }[];
};

/**
 * `directory` is read at every look-up, so that somebody who was added or removed meanwhile is treated so.
 * Who is not `enabled` can still sign in: it is for the console and Synapse to turn them away.
 */
export function demoIdentities(directory: () => DemoDirectory): IdentityPeople {
  const staff = demoLogins
    .filter((login) => login.consoleRole !== null)
    .map(({ subject, username, givenName, familyName }): IdentityPerson => {
      return { subject, username, givenName, familyName, sourcedId: null };
    });
  const find = (field: "username" | "subject", value: string): IdentityPerson | undefined => {
    const state = staff.find((person) => person[field] === value);
    if (state !== undefined) return state;
    const column = field === "subject" ? "sourcedId" : "username";
    const user = directory().users.find((candidate) => candidate[column] === value && candidate.status === "active");
    if (user === undefined) return undefined;
    const { sourcedId, username, givenName, familyName } = user;
    return { subject: sourcedId, username, givenName, familyName, sourcedId };
  };
  return {
    findByUsername: (username) => find("username", username),
    findBySubject: (subject) => find("subject", subject),
  };
}

const manages = (login: DemoLogin): boolean =>
  login.roles.some(({ role }) => role === "orgAdmin" || role === "schoolManagement");

/** The named characters, those who use the console first. */
export const demoLoginGroups: readonly LoginGroup[] = [
  { heading: "Land und Support", people: demoLogins.filter((login) => login.consoleRole !== null) },
  ...schoolPlans.flatMap(({ id, name }) => {
    const ofSchool = demoLogins.filter((login) => login.schools[0] === id);
    return [
      { heading: `${name}: Konsole`, people: ofSchool.filter(manages) },
      { heading: `${name}: nur Chat`, people: ofSchool.filter((login) => !manages(login)) },
    ];
  }),
].filter((group) => group.people.length > 0);
