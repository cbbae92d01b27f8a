// What must be closed, seen from outside with an ordinary account: one line per closing, with the request that would get
// through if it were open. Where one does get through, its body is empty or senseless, so that it changes nothing.
import { z } from "zod";

export type ProbeSubject = {
  /** The account that asks; no administrator of Synapse, at best a pupil. */
  readonly userId: string;
  /** An existing account that shares no room with it and that it may not contact. */
  readonly strangerId: string;
  /** A room in which the account is joined; without one the name inside a room is not probed. */
  readonly roomId?: string;
};

export type ProbeRequest = {
  readonly method: string;
  /** Raw path and query, sent as it stands. */
  readonly path: string;
  readonly body?: unknown;
  /** Sent without access token. */
  readonly anonymous?: boolean;
};

export type ProbeAnswer = {
  readonly status: number;
  readonly json: unknown;
};

export type Check = {
  readonly closing: string;
  /** Sent in this order; the last answer is judged. */
  readonly requests: readonly ProbeRequest[];
  readonly expected: string;
  isClosed(answer: ProbeAnswer): boolean;
};

export function errcodeOf({ json }: ProbeAnswer): string {
  const parsed = z.object({ errcode: z.string() }).safeParse(json);
  return parsed.success ? parsed.data.errcode : "";
}

function refused(closing: string, request: ProbeRequest, status: number, errcode: string): Check {
  return {
    closing,
    requests: [request],
    expected: `${String(status)} ${errcode}`,
    isClosed: (answer) => answer.status === status && errcodeOf(answer) === errcode,
  };
}

function shaped(closing: string, requests: readonly ProbeRequest[], expected: string, schema: z.ZodType): Check {
  return {
    closing,
    requests,
    expected,
    isClosed: ({ status, json }) => status === 200 && schema.safeParse(json).success,
  };
}

const get = (path: string): ProbeRequest => ({ method: "GET", path });
const post = (path: string, body: unknown = {}): ProbeRequest => ({ method: "POST", path, body });
const put = (path: string, body: unknown): ProbeRequest => ({ method: "PUT", path, body });
const remove = (path: string): ProbeRequest => ({ method: "DELETE", path });
const anonymous = (request: ProbeRequest): ProbeRequest => ({ ...request, anonymous: true });

const noRooms = z.object({ chunk: z.array(z.unknown()).max(0) });

function administration(user: string): Check[] {
  const hidden = (closing: string, path: string): Check => refused(closing, get(path), 404, "M_UNRECOGNIZED");
  const ambiguous = (closing: string, path: string): Check => refused(closing, get(path), 400, "M_INVALID_PARAM");
  const version = "_synapse/admin/v1/server_version";
  return [
    hidden("Admin API hidden", `/${version}`),
    ambiguous("Admin API hidden, encoded letter", "/_synapse/%61dmin/v1/server_version"),
    ambiguous("Admin API hidden, encoded slash", "/_synapse%2Fadmin/v1/server_version"),
    ambiguous("Admin API hidden, double slash", `//${version}`),
    ambiguous("Admin API hidden, dot segments", `/_matrix/client/../../${version}`),
    ambiguous("Admin API hidden, encoded dot segments", `/_matrix/client/%2e%2e/%2e%2e/${version}`),
    hidden("Administration in the client API hidden", `/_matrix/client/v3/admin/whois/${user}`),
    refused("Look-up of accounts hidden", post("/_synapse/schulchat/known_accounts"), 404, "M_UNRECOGNIZED"),
    ambiguous("Look-up of accounts hidden, encoded letter", "/_synapse/%73chulchat/known_accounts"),
    refused("Registration by shared secret hidden", post("/_synapse/admin/v1/register"), 404, "M_UNRECOGNIZED"),
    hidden("Federation closed", "/_matrix/federation/v1/version"),
    hidden("Server keys closed", "/_matrix/key/v2/server"),
    hidden("Metrics hidden", "/_synapse/metrics"),
  ];
}

function signIn(): Check[] {
  const flow = z.object({ type: z.string() }).refine(({ type }) => type !== "m.login.password");
  return [
    shaped(
      "Password login off",
      [anonymous(get("/_matrix/client/v3/login"))],
      "no m.login.password",
      z.object({ flows: z.array(flow) }),
    ),
    refused("Registration refused", anonymous(post("/_matrix/client/v3/register")), 403, "M_FORBIDDEN"),
    refused("Guests refused", anonymous(post("/_matrix/client/v3/register?kind=guest")), 403, "M_FORBIDDEN"),
    refused(
      "Names cannot be tried",
      anonymous(get("/_matrix/client/v3/register/available?username=probe")),
      403,
      "M_FORBIDDEN",
    ),
    refused("No password can be set", post("/_matrix/client/v3/account/password"), 403, "M_FORBIDDEN"),
    refused("Accounts do not end themselves", post("/_matrix/client/v3/account/deactivate"), 403, "M_FORBIDDEN"),
    refused("No mail address or telephone", post("/_matrix/client/v3/account/3pid/add"), 403, "M_FORBIDDEN"),
    refused("No mail to any address", post("/_matrix/client/v3/account/3pid/email/requestToken"), 403, "M_FORBIDDEN"),
    refused(
      "No anonymous letter box",
      post("/_matrix/client/unstable/org.matrix.msc4108/rendezvous"),
      404,
      "M_UNRECOGNIZED",
    ),
  ];
}

function finding({ strangerId }: ProbeSubject, stranger: string): Check[] {
  const [localpart = ""] = strangerId.slice(1).split(":");
  const other = z.object({ user_id: z.string() }).refine((hit) => hit.user_id !== strangerId);
  const searches = ["v3", "r0", "unstable"].map((version) =>
    shaped(
      `User directory (${version}) does not show the stranger`,
      [post(`/_matrix/client/${version}/user_directory/search`, { search_term: localpart, limit: 50 })],
      "200 without the stranger",
      z.object({ results: z.array(other) }),
    ),
  );
  const nothingForNobody = (closing: string, path: string): Check => ({
    closing,
    requests: [anonymous(get(path))],
    expected: "nothing without a token",
    isClosed: ({ status, json }) => status >= 400 || noRooms.safeParse(json).success,
  });
  return [
    ...searches,
    shaped("Public rooms empty", [get("/_matrix/client/v3/publicRooms")], "200 and no room", noRooms),
    shaped(
      "Room search empty",
      [post("/_matrix/client/v3/publicRooms", { filter: { generic_search_term: "a" } })],
      "200 and no room",
      noRooms,
    ),
    nothingForNobody("Public rooms without a token", "/_matrix/client/v3/publicRooms"),
    nothingForNobody(
      "Address book without a token",
      "/_matrix/client/unstable/fairkom.fairmessenger.addressbook/addressbook",
    ),
    refused("Profile of a stranger not readable", get(`/_matrix/client/v3/profile/${stranger}`), 403, "M_FORBIDDEN"),
    refused(
      "Profile not readable without a token",
      anonymous(get(`/_matrix/client/v3/profile/${stranger}`)),
      401,
      "M_MISSING_TOKEN",
    ),
  ];
}

// A sync makes its account "online" where presence is on; the filter keeps the answer short.
const shortSync = `/_matrix/client/v3/sync?timeout=0&filter=${encodeURIComponent('{"room":{"rooms":[]}}')}`;

function freeText(user: string, stranger: string, room: string): Check[] {
  const profile = (path: string): string => `/_matrix/client/${path}`;
  const field = "org.example.probe";
  const unstable = profile(`unstable/uk.tcpip.msc4133/profile/${user}/${field}`);
  const toDevice = (type: string): ProbeRequest =>
    put(`/_matrix/client/v3/sendToDevice/${type}/probe-${String(Date.now())}`, {
      messages: { [decodeURIComponent(stranger)]: {} },
    });
  return [
    refused("No custom profile field", put(profile(`v3/profile/${user}/${field}`), {}), 403, "M_FORBIDDEN"),
    refused("No custom profile field, unstable", put(unstable, {}), 403, "M_FORBIDDEN"),
    refused(
      "No profile field can be removed",
      remove(profile(`v3/profile/${user}/org.example.none`)),
      403,
      "M_FORBIDDEN",
    ),
    refused("Own picture cannot be set", put(profile(`v3/profile/${user}/avatar_url`), {}), 403, "M_FORBIDDEN"),
    refused("Own name cannot be set", put(profile(`v3/profile/${user}/displayname`), {}), 403, "M_FORBIDDEN"),
    refused(
      "Presence status refused",
      put(`/_matrix/client/v3/presence/${user}/status`, { presence: "online" }),
      403,
      "M_FORBIDDEN",
    ),
    shaped(
      "Presence off",
      [get(shortSync), get(`/_matrix/client/v3/presence/${user}/status`)],
      "offline and nothing else",
      z.strictObject({ presence: z.literal("offline") }),
    ),
    refused("No text from device to device", toDevice("m.room.message"), 403, "M_FORBIDDEN"),
    refused("No unknown type from device to device", toDevice("org.example.probe"), 403, "M_FORBIDDEN"),
    refused("No disguised type from device to device", toDevice("m.room.encrypted%2Fx"), 403, "M_FORBIDDEN"),
    shaped("(open) Encryption from device to device", [toDevice("m.room.encrypted")], "200", z.object({})),
    refused(
      "Knocking refused",
      post(`/_matrix/client/v3/knock/${room}`, { reason: "probe" }),
      403,
      "DE.SCHULCHAT.ROOM_SETTING_REFUSED",
    ),
  ];
}

function roomSettings({ userId, roomId }: ProbeSubject, user: string, room: string): Check[] {
  const domain = userId.slice(userId.indexOf(":") + 1);
  const alias = encodeURIComponent(`#probe:${domain}`);
  const setting = (closing: string, request: ProbeRequest): Check =>
    refused(closing, request, 403, "DE.SCHULCHAT.ROOM_SETTING_REFUSED");
  const version = z.object({ "m.room_versions": z.object({ default: z.literal("11") }) });
  const off = z.object({ enabled: z.literal(false) });
  const switches = z.object({ "m.set_displayname": off, "m.set_avatar_url": off, "m.change_password": off });
  const member = `/_matrix/client/v3/rooms/${room}/state/m.room.member/${user}`;
  const nameInRoom = shaped(
    "No other name inside a room",
    [put(member, { membership: "join", displayname: "probe" }), get(member)],
    "200 with the account's name",
    z.object({ displayname: z.string().refine((name) => name !== "probe") }),
  );
  return [
    setting("Room upgrade refused", post(`/_matrix/client/v3/rooms/${room}/upgrade`, { new_version: "probe" })),
    setting("No own alias", put(`/_matrix/client/v3/directory/room/${alias}`, {})),
    setting("No public listing", put(`/_matrix/client/v3/directory/list/room/${room}`, { visibility: "private" })),
    shaped(
      "New rooms have version 11",
      [get("/_matrix/client/v3/capabilities")],
      "default 11",
      z.object({ capabilities: version }),
    ),
    shaped(
      "Synapse's own switches for name, picture, password are off",
      [get("/_matrix/client/v3/capabilities")],
      "all off",
      z.object({ capabilities: switches }),
    ),
    ...(roomId === undefined ? [] : [nameInRoom]),
  ];
}

export function probeChecks(subject: ProbeSubject): Check[] {
  const user = encodeURIComponent(subject.userId);
  const stranger = encodeURIComponent(subject.strangerId);
  const room = encodeURIComponent(subject.roomId ?? "!probe:localhost");
  const bothMaps = z.object({ questions_enabled: z.object({ q1: z.string() }), questions_disabled: z.object({}) });
  return [
    ...administration(user),
    ...signIn(),
    ...finding(subject, stranger),
    ...freeText(user, stranger, room),
    ...roomSettings(subject, user, room),
    shaped(
      "(open) Clients find the server",
      [anonymous(get("/.well-known/matrix/client"))],
      "base address and questions",
      z.object({ "m.homeserver": z.object({ base_url: z.string() }), "de.rlp.backup": bothMaps }),
    ),
  ];
}
