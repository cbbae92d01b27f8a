// The paged address book as chat clients see it: what they may ask, and what they get. The OpenAPI document is made from
// these schemas, and every answer is checked against its schema in the tests.
import { z } from "zod";
import { ROLES } from "#lib/policy/roles.ts";

export const LARGEST_PAGE = 500;
const STANDARD_PAGE = 100;
const LONGEST_ID = 1_000;
const LONGEST_CURSOR = 4_000;
/** Far more than a name; what is longer is cut for the search, and the answer says so. */
const LONGEST_TEXT = 20_000;

const role = z.enum(ROLES).meta({ description: "A role at a school, and the name of its folder." });
const cursor = z.string().max(LONGEST_CURSOR).meta({ description: "`next` of the page before." });
const next = z.string().nullable().meta({ description: "Where the next page begins; null on the last one." });
const id = z.string().min(1).max(LONGEST_ID);

const person = z
  .strictObject({
    userId: z.string().meta({ description: "Matrix id.", examples: ["@u-7f3a:chat.example"] }),
    name: z.string().meta({ description: "Family name first, as lists are sorted.", examples: ["Berger, Anna"] }),
    folders: z.array(role).meta({ description: "The folders in which the caller sees this person." }),
    hasSignedIn: z.boolean().meta({ description: "Has signed in to the chat at least once." }),
    classes: z
      .array(z.string())
      .meta({ description: "Titles of classes; empty for callers who do not see all groups." }),
  })
  .meta({ id: "Person" });

const group = z
  .strictObject({
    id: id.meta({ description: "As in the alias of the group: `#<school>--<id>:<host>`." }),
    name: z.string(),
    kind: z.string().meta({ description: "OneRoster class type, or `team`." }),
    members: z.int().meta({ description: "Members whom the caller sees." }),
    signedIn: z.int(),
    isOwn: z.boolean().meta({ description: "The caller belongs to it." }),
  })
  .meta({ id: "Group" });

const school = z
  .strictObject({
    id: id.meta({ examples: ["DE-RP-SN-80808"] }),
    name: z.string(),
    folders: z
      .array(z.strictObject({ folder: z.enum(["groups", ...ROLES]), entries: z.int() }))
      .meta({ description: "Those that are not empty for the caller, in their order." }),
  })
  .meta({ id: "School" });

export const schoolParams = z.strictObject({ school: id });
export const folderParams = z.strictObject({ school: id, folder: role });
export const groupParams = z.strictObject({ school: id, group: id });

export const pageQuery = z.strictObject({
  after: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(STANDARD_PAGE),
});
export const searchQuery = z.strictObject({
  q: z.string().max(LONGEST_TEXT).meta({ description: "Words of names, in any order; ä = ae = a, ß = ss." }),
  role: role.optional(),
  after: cursor.optional(),
});

export const bookAnswer = z.strictObject({ schools: z.array(school) });
export const peopleAnswer = z.strictObject({ people: z.array(person), next });
export const groupsAnswer = z.strictObject({ groups: z.array(group), next });
export const groupAnswer = z.strictObject({ group, people: z.array(person), next });
export const searchAnswer = z.strictObject({
  people: z.array(person),
  similar: z.array(person).meta({ description: "People whose name differs by a slip of the finger; first page only." }),
  groups: z.array(group).meta({ description: "First page only, and without a role." }),
  next,
  total: z
    .union([z.int(), z.literal("more")])
    .nullable()
    .meta({ description: "People found, `more` above a hundred; null on later pages." }),
  isCut: z.boolean().meta({ description: "More was asked for than is searched." }),
});

const localpart = z.string();
const localparts = z.array(localpart);
/** One school of the published client's document. */
export const publishedSchool = z
  .strictObject({
    name: z.string().min(1),
    teachers: localparts,
    students: localparts,
    parents: localparts,
    Organisationsadmin: localparts,
    Schulleitung: localparts,
    Sekretariat: localparts,
    Schulsozialarbeit: localparts,
    Elternbeirat: localparts,
    scgroups: z.record(z.string(), z.tuple([z.string(), localparts])),
  })
  .meta({ id: "PublishedSchool" });
export const publishedAnswer = z
  .object({ users: z.record(localpart, z.tuple([z.string(), z.enum(["active", "inactive"])])) })
  .catchall(publishedSchool)
  .meta({ description: "Every key but `users` is the id of a school." });

export const userSearchBody = z.object({
  search_term: z.string().max(LONGEST_TEXT),
  limit: z.number().int().min(0).optional(),
});
export const userSearchAnswer = z.strictObject({
  limited: z.boolean(),
  results: z.array(z.strictObject({ user_id: z.string(), display_name: z.string() })),
});

export const refusalAnswer = z.object({ errcode: z.string(), error: z.string() }).meta({ id: "Refusal" });

export type PersonAnswer = z.infer<typeof person>;
export type GroupAnswer = z.infer<typeof group>;
