// Turns the path patterns of the route table into regular expressions that JavaScript and nginx (PCRE) read alike:
// no backslashes, no flags, matched against "METHOD path" with the path exactly as it was sent.

/** `*` one segment, `**` the rest, `{version}` any version of the client API, `(a|b)` one of these words. */
export type PathPattern = `/${string}`;

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS";

// An unstable prefix holds a dot (unstable/org.matrix.msc2432/…); without it the word after "unstable" decides.
const anyVersion = "(?:api/v1|unstable/[^/]*[.][^/]*|[^/]+)";

function segmentSource(segment: string): string {
  if (segment === "*") return "[^/]+";
  if (segment === "{version}") return anyVersion;
  if (!/^[A-Za-z0-9._|()-]+$/.test(segment)) throw new Error(`"${segment}" is no segment of a path pattern.`);
  return segment.replaceAll(".", "[.]").replaceAll("(", "(?:");
}

/** The source of the expression for a pattern; a trailing slash makes no difference. */
export function patternSource(methods: readonly Method[] | "any", path: PathPattern): string {
  const segments = path.slice(1).split("/");
  const open = segments.at(-1) === "**";
  const fixed = open ? segments.slice(0, -1) : segments;
  const verb = methods === "any" ? "[A-Z]+" : `(?:${methods.join("|")})`;
  return `^${verb} /${fixed.map(segmentSource).join("/")}${open ? "(?:/.*)?$" : "/?$"}`;
}
