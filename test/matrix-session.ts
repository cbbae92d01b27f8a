// Somebody signed in to a test's Synapse: raw requests with raw answers, because a test of a refusal looks at status,
// code and text themselves.
import { z } from "zod";

const TIMEOUT_MS = 20_000;

export type MatrixAnswer = {
  readonly status: number;
  readonly errcode: string | undefined;
  readonly error: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
};

const bodySchema = z.record(z.string(), z.unknown());
const loginSchema = z.object({ access_token: z.string() });
const roomSchema = z.object({ room_id: z.string() });

/** `/createRoom` as the published client sends it for a direct chat. */
export const directChat = (invitee: string): object => ({
  preset: "trusted_private_chat",
  is_direct: true,
  invite: [invitee],
  initial_state: [{ type: "m.room.encryption", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
});

export class MatrixSession {
  readonly baseUrl: string;
  readonly userId: string;
  readonly accessToken: string;

  constructor(baseUrl: string, userId: string, accessToken: string) {
    this.baseUrl = baseUrl;
    this.userId = userId;
    this.accessToken = accessToken;
  }

  /** `path` is the whole path with its query. */
  async request(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<MatrixAnswer> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.accessToken}`, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = bodySchema.parse(text === "" ? {} : JSON.parse(text));
    const textOf = (key: string): string | undefined => z.string().safeParse(parsed[key]).data;
    return { status: response.status, errcode: textOf("errcode"), error: textOf("error"), body: parsed };
  }

  createRoom(content: object): Promise<MatrixAnswer> {
    return this.request("POST", "/_matrix/client/v3/createRoom", content);
  }

  /** Creates a room that must come into being. */
  async openRoom(content: object): Promise<string> {
    const answer = await this.createRoom(content);
    if (answer.status !== 200) throw new Error(`createRoom: ${JSON.stringify(answer)}`);
    return roomSchema.parse(answer.body).room_id;
  }

  invite(roomId: string, userId: string): Promise<MatrixAnswer> {
    return this.inRoom("POST", roomId, "invite", { user_id: userId });
  }

  join(roomId: string): Promise<MatrixAnswer> {
    return this.inRoom("POST", roomId, "join", {});
  }

  setState(roomId: string, type: string, content: object, stateKey = ""): Promise<MatrixAnswer> {
    return this.inRoom("PUT", roomId, `state/${encodeURIComponent(type)}/${encodeURIComponent(stateKey)}`, content);
  }

  inRoom(method: "GET" | "POST" | "PUT", roomId: string, path: string, body?: object): Promise<MatrixAnswer> {
    return this.request(method, `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/${path}`, body);
  }

  /** Ids of the rooms that a first sync shows, by membership. */
  async rooms(membership: "invite" | "join"): Promise<string[]> {
    // Synapse keeps the answer to a first sync for two minutes; another filter makes it another request
    const filter = encodeURIComponent(
      JSON.stringify({ presence: { not_senders: [`@${crypto.randomUUID()}:localhost`] } }),
    );
    const { body } = await this.request("GET", `/_matrix/client/v3/sync?timeout=0&filter=${filter}`);
    const schema = z.object({
      rooms: z
        .object({ invite: bodySchema.default({}), join: bodySchema.default({}) })
        .partial()
        .optional(),
    });
    return Object.keys(schema.parse(body).rooms?.[membership] ?? {});
  }

  /** Only the provisioner may: creates the account unless it exists, and a token for it. */
  async createUser(userId: string, displayName: string): Promise<MatrixSession> {
    const user = encodeURIComponent(userId);
    const put = await this.request("PUT", `/_synapse/admin/v2/users/${user}`, { displayname: displayName });
    if (put.status > 201) throw new Error(`account of ${userId}: ${JSON.stringify(put)}`);
    const login = await this.request("POST", `/_synapse/admin/v1/users/${user}/login`, {});
    return new MatrixSession(this.baseUrl, userId, loginSchema.parse(login.body).access_token);
  }
}
