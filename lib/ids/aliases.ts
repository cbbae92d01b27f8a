// Aliases of managed rooms: `<school>--<group>`, `<school>--<group>--chat`, `<school>--staffroom` … (design §6). The
// published client reads the group id from the text between "--" and ":", so an id may contain neither.

/**
 * Room names of a school that are no groups, and the one key of the published address book that is no school. An id that
 * equals one is escaped.
 */
const RESERVED: ReadonlySet<string> = new Set(["chat", "staffroom", "announcements", "space", "users"]);
const CHANNEL_SUFFIX = "--chat";

/** Ids in which nothing has to be escaped: nearly all. */
const ORDINARY = /^[A-Za-z0-9._]+(?:-[A-Za-z0-9._]+)*$/;

/** Reversible, and unchanged for ordinary ids: the result never holds "--" or ":", and has no "-" at either end. */
export function aliasSegment(id: string): string {
  if (ORDINARY.test(id) && !RESERVED.has(id)) return id;
  const escaped = [...id].map((letter, index, letters) => {
    const lonely = letter === "-" && index > 0 && index < letters.length - 1 && letters[index + 1] !== "-";
    if (lonely || /[A-Za-z0-9._]/.test(letter)) return letter;
    return [...Buffer.from(letter, "utf8")].map((byte) => `=${byte.toString(16).padStart(2, "0")}`).join("");
  });
  const segment = escaped.join("");
  return RESERVED.has(segment) ? `=${segment.charCodeAt(0).toString(16)}${segment.slice(1)}` : segment;
}

/** The inverse of {@link aliasSegment}; undefined for text that it cannot have made. */
export function idOfAliasSegment(segment: string): string | undefined {
  const tokens = segment.match(/=[0-9a-f]{2}|[^=]/g) ?? [];
  const bytes = tokens.map((token) =>
    token.length === 3 ? Buffer.from([Number.parseInt(token.slice(1), 16)]) : Buffer.from(token, "utf8"),
  );
  const id = Buffer.concat(bytes).toString("utf8");
  return aliasSegment(id) === segment ? id : undefined;
}

/** Localpart of the alias of a group's anchor room: what the client writes into join rules. */
export function groupAlias(schoolId: string, groupId: string): string {
  return `${aliasSegment(schoolId)}--${aliasSegment(groupId)}`;
}

/** Localpart of the alias of a group's channel. */
export function channelAlias(schoolId: string, groupId: string): string {
  return `${groupAlias(schoolId, groupId)}${CHANNEL_SUFFIX}`;
}

/** Localpart of the alias of a room for a whole school. */
export function schoolRoomAlias(schoolId: string, kind: "staffroom" | "announcements" | "space"): string {
  return `${aliasSegment(schoolId)}--${kind}`;
}

/** Which group an anchor's alias names; undefined for every other alias. */
export function groupOfAlias(aliasLocalpart: string): { schoolId: string; groupId: string } | undefined {
  const [school, group, ...rest] = aliasLocalpart.split("--");
  if (school === undefined || group === undefined || rest.length > 0 || RESERVED.has(group)) return undefined;
  const schoolId = idOfAliasSegment(school);
  const groupId = idOfAliasSegment(group);
  return schoolId === undefined || groupId === undefined ? undefined : { schoolId, groupId };
}
