// The route table: what goes to Synapse, what to the gate, what is refused, and why. It is pure data, read from top to
// bottom, the first line that fits decides. The Node proxy and nginx.conf are both made from it.
import type { RefusalName } from "./answers.ts";
import { type Method, type PathPattern, patternSource } from "./pattern.ts";

export type BodyClass = "normal" | "media" | "report";
export type Target =
  | { readonly to: "synapse" | "gate"; readonly body: BodyClass }
  | { readonly to: "refusal"; readonly refusal: RefusalName }
  | { readonly to: "preflight" }
  | { readonly to: "wellKnown" };

export type Route = {
  /** Stable name for logs and tests. */
  readonly name: string;
  /** Source of a regular expression over "METHOD path", the path raw and without query. */
  readonly source: string;
  readonly target: Target;
  readonly reason: string;
};

/** A report is taken whatever its screenshot weighs, because the client never tries again; the gate keeps what it can. */
export const bodyLimitBytes = {
  normal: 13 * 1024 * 1024,
  media: 50 * 1024 * 1024,
  report: 80 * 1024 * 1024,
} as const;

/** The gate keeps a report before it does anything else; one that takes longer hangs, and Synapse gets the report. */
export const reportPatienceSeconds = 8;
/** Answers after which Synapse gets it too: no connection, nothing ready, no answer, no room left. */
export const reportNotTaken: readonly number[] = [429, 502, 503, 504];

const writing: readonly Method[] = ["POST", "PUT", "DELETE"];
const reading: readonly Method[] = ["GET", "HEAD"];
const client = (rest: string): PathPattern => `/_matrix/client/{version}/${rest}`;

const synapse: Target = { to: "synapse", body: "normal" };
const synapseMedia: Target = { to: "synapse", body: "media" };
const gate: Target = { to: "gate", body: "normal" };
const gateReport: Target = { to: "gate", body: "report" };
const refuse = (refusal: RefusalName): Target => ({ to: "refusal", refusal });

function route(name: string, methods: readonly Method[] | "any", path: PathPattern, to: Target, reason: string): Route {
  return { name, source: patternSource(methods, path), target: to, reason };
}

/** A rule over the spelling of the address instead of its meaning. */
function spelling(name: string, source: string, reason: string): Route {
  return { name, source: `^[A-Z]+ ${source}`, target: refuse("ambiguousAddress"), reason };
}

/**
 * To-device messages reach any account without an invitation, so only the types that encryption and the verification of
 * devices need may pass. (A crafted encrypted message still passes; clients show nothing that they did not ask for.)
 */
export const toDeviceTypes = [
  "m.room.encrypted",
  "m.room_key",
  "m.room_key_request",
  "m.forwarded_room_key",
  "m.room_key.withheld",
  "org.matrix.room_key.withheld",
  "m.secret.request",
  "m.secret.send",
  "m.dummy",
  "m.key.verification.request",
  "m.key.verification.ready",
  "m.key.verification.start",
  "m.key.verification.accept",
  "m.key.verification.key",
  "m.key.verification.mac",
  "m.key.verification.done",
  "m.key.verification.cancel",
] as const;

// Synapse matches its routes on the raw path and decodes afterwards, other servers the other way round. An address that
// the two would read differently is written by nobody but somebody who wants to slip past, so it is refused, not guessed.
const spellings: readonly Route[] = [
  spelling("no-path", "(?:[^/]|$)", "An absolute address, an asterisk or nothing: not the form that clients send."),
  spelling(
    "odd-character",
    ".*[^A-Za-z0-9._~!$&'()*+,=:@/%-]",
    "Backslash, semicolon (matrix parameters), fragment and bytes beyond ASCII are read differently by each server.",
  ),
  spelling(
    "broken-percent",
    ".*%(?![0-9A-Fa-f]{2})",
    "A percent sign without two hexadecimal digits decodes to anything.",
  ),
  spelling("control-byte", ".*%(?:[01]|7[Ff])", "Encoded control characters and NUL cut addresses short."),
  spelling("encoded-backslash", ".*%5[Cc]", "Some servers turn it into a slash."),
  spelling(
    "hidden-letter",
    ".*%(?:2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9Aa])",
    "No client encodes letters, digits, '-', '.' or '_': this hides a word (%61dmin) or a dot segment (%2e%2e).",
  ),
  spelling("empty-segment", ".*//", "A server that merges slashes reads another address."),
  spelling("dot-segment", "(?:.*/)?[.][.]?(?:/|$)", "A server that resolves dot segments reads another address."),
  spelling(
    "percent-in-word",
    "(?:/[^/]*){0,3}/[^/]*%",
    "The first four segments are words that decide the route; an encoded slash there would change it.",
  ),
  spelling(
    "percent-in-later-word",
    "/_matrix/client/(?:api/v1|unstable/[^/]*[.][^/]*)/[^/]*%",
    "Behind api/v1 or an unstable prefix the fifth segment is the word that decides.",
  ),
  spelling(
    "percent-in-room",
    "/_matrix/client/(?:[^/]+/)+rooms/(?:[^/]*%2[Ff][^/]*/|[^/]*/[^/]*%)",
    "A room id holds no slash, and what is done with the room is a word.",
  ),
];

const answeredHere: readonly Route[] = [
  {
    name: "preflight",
    source: "^OPTIONS /",
    target: { to: "preflight" },
    reason:
      "A preflight carries no credentials and decides nothing; answered alike for every address, as Synapse does.",
  },
  {
    name: "method",
    source: "^(?!(?:GET|HEAD|POST|PUT|DELETE) )",
    target: refuse("unknownMethod"),
    reason: "Matrix knows no other methods.",
  },
  route(
    "well-known",
    reading,
    "/.well-known/matrix/client",
    { to: "wellKnown" },
    "Clients find the server and the security questions here.",
  ),
];

const gateRoutes: readonly Route[] = [
  route(
    "user-directory",
    "any",
    client("user_directory/search"),
    gate,
    "Synapse cannot filter its directory by the communication matrix; the gate answers from the address book.",
  ),
  route(
    "public-rooms",
    "any",
    client("publicRooms"),
    gate,
    "There are no public rooms; the gate answers an empty list, because the client searches for people only after this call succeeded.",
  ),
  route(
    "address-book",
    "any",
    "/_matrix/client/unstable/fairkom.fairmessenger.addressbook/addressbook",
    gate,
    "The address book of the published client.",
  ),
  route(
    "address-book-paged",
    "any",
    "/_schulchat/client/v1/**",
    gate,
    "The paged and searchable form of the address book.",
  ),
];

const reports: readonly Route[] = [
  route(
    "report-in-room",
    ["POST"],
    client("rooms/*/report/**"),
    gateReport,
    "Reports of a message or of a room: the gate keeps them with their screenshot before anything else happens, then hands them to Synapse.",
  ),
  route("report-user", ["POST"], client("users/*/report/**"), gateReport, "Reports of a person, likewise."),
];

const refused: readonly Route[] = [
  route(
    "client-admin",
    "any",
    client("admin/**"),
    refuse("unknownAddress"),
    "Administration does not happen through the public address; /_synapse/admin falls to the last line.",
  ),
  route(
    "rendezvous",
    "any",
    client("rendezvous/**"),
    refuse("unknownAddress"),
    "An anonymous letter box between any two devices (sign-in by QR code, MSC4108 and MSC4388).",
  ),
  route(
    "register",
    "any",
    client("(register|registration)/**"),
    refuse("noRegistration"),
    "Accounts and guests come from the directory only. The published client probes this with an empty POST and needs 403. It also tells which names exist.",
  ),
  route(
    "third-party-ids",
    writing,
    client("account/3pid/**"),
    refuse("managedAccount"),
    "A mail address or telephone number is a way to be found that the school does not know.",
  ),
  route(
    "third-party-confirm",
    "any",
    client("add_threepid/**"),
    refuse("managedAccount"),
    "Second half of adding a mail address.",
  ),
  route(
    "own-account",
    "any",
    client("account/(password|deactivate)/**"),
    refuse("managedAccount"),
    "Accounts follow the directory: a password would open a second door, a deactivation removes evidence and the last moderator of a room.",
  ),
  route(
    "profile",
    writing,
    client("profile/**"),
    refuse("managedAccount"),
    "Custom fields are free text for strangers. Names and pictures come from the directory; Synapse's own switches still let a missing one be set.",
  ),
  route(
    "presence",
    writing,
    client("presence/**"),
    refuse("noPresence"),
    "The status message is free text for others.",
  ),
  route(
    "to-device-encryption",
    ["PUT"],
    client(`sendToDevice/(${toDeviceTypes.join("|")})/*`),
    synapse,
    "Encryption and the verification of devices need these types.",
  ),
  route(
    "to-device",
    "any",
    client("sendToDevice/**"),
    refuse("messageKind"),
    "Any other type is a message to a stranger without an invitation.",
  ),
  route(
    "knock",
    "any",
    client("knock/**"),
    refuse("roomSetting"),
    "A knock carries a free text to people who never agreed; no callback of Synapse covers it.",
  ),
  route(
    "upgrade",
    "any",
    client("rooms/*/upgrade/**"),
    refuse("roomSetting"),
    "The new room would be made without the checks of a creation.",
  ),
  route(
    "alias",
    writing,
    client("directory/room/**"),
    refuse("roomSetting"),
    "Aliases belong to the provisioner; a foreign one could take a group's name.",
  ),
  route("publish", writing, client("directory/list/**"), refuse("roomSetting"), "No room is listed publicly."),
];

const passed: readonly Route[] = [
  route("media", "any", "/_matrix/media/(r0|v1|v3)/**", synapseMedia, "Files; larger than messages."),
  route(
    "client",
    "any",
    "/_matrix/client/**",
    synapse,
    "The client API; Synapse, its configuration and its module decide.",
  ),
  route(
    "sign-in",
    "any",
    "/_synapse/client/(oidc|pick_idp)/**",
    synapse,
    "Sign-in through the identity provider. Choosing a name and registering by SSO stay closed: accounts are provisioned.",
  ),
  {
    name: "anything-else",
    source: "^",
    target: refuse("unknownAddress"),
    reason:
      "Closed unless opened above: /_synapse/admin, federation and keys, metrics, replication, static pages, log uploads of the published client.",
  },
];

export const routes: readonly Route[] = [
  ...spellings,
  ...answeredHere,
  ...gateRoutes,
  ...reports,
  ...refused,
  ...passed,
];
