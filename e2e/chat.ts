// A chat user as the published client behaves: requests through the public address, exactly as client-contract §2 has
// them. The access token comes from Synapse's admin API, because a browser login per user would test something else.
import { expect } from "@playwright/test";
import { z } from "zod";
import type { DemoLogin } from "#demo/data/people.ts";
import { readTokenFile } from "#lib/env/env.ts";
import { localpartOf, matrixUserId } from "#lib/ids/ids.ts";
import { CHAT_URL, PROVISIONER_TOKEN_FILE, SERVER_NAME, SYNAPSE_URL } from "./system.ts";

const TIMEOUT_MS = 20_000;
/** A fresh demo creates 1,400 accounts first. */
const PROVISIONING_TIMEOUT_MS = 180_000;

export type ChatAnswer = { readonly status: number; readonly body: unknown };

const loginAnswer = z.object({ access_token: z.string() });
const roomAnswer = z.object({ room_id: z.string() });
const joinedAnswer = z.object({ joined_rooms: z.array(z.string()) });
const messagesAnswer = z.object({
  chunk: z.array(z.object({ content: z.object({ body: z.string().optional().catch(undefined) }) })),
});
const roomsById = z.record(z.string(), z.unknown()).default({});
const syncAnswer = z.object({
  next_batch: z.string(),
  rooms: z.object({ invite: roomsById, join: roomsById, leave: roomsById }).partial().optional(),
});

const ENCRYPTION = { type: "m.room.encryption", content: { algorithm: "m.megolm.v1.aes-sha2" } };

async function call(url: string, token: string, method: string, body?: object): Promise<ChatAnswer> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, body: await response.json() };
}

export class ChatUser {
  readonly userId: string;
  readonly #token: string;
  readonly #invitations = new Set<string>();
  #since: string | undefined;

  private constructor(userId: string, token: string) {
    this.userId = userId;
    this.#token = token;
  }

  /** Waits until the account is provisioned. */
  static async of(person: Pick<DemoLogin, "subject" | "username">): Promise<ChatUser> {
    const userId = chatIdOf(person.subject);
    const url = `${SYNAPSE_URL}/_synapse/admin/v1/users/${encodeURIComponent(userId)}/login`;
    let token = "";
    await expect
      .poll(
        async () => {
          const provisioner = readTokenFile(PROVISIONER_TOKEN_FILE);
          if (provisioner === undefined) return false;
          const login = loginAnswer.safeParse((await call(url, provisioner, "POST", {})).body);
          token = login.data?.access_token ?? "";
          return login.success;
        },
        { message: `${person.username} gets an account`, timeout: PROVISIONING_TIMEOUT_MS },
      )
      .toBe(true);
    return new ChatUser(userId, token);
  }

  async request(method: string, path: string, body?: object): Promise<ChatAnswer> {
    return await call(`${CHAT_URL}/_matrix/client/v3${path}`, this.#token, method, body);
  }

  /** A room without anybody else; fails the test if it is refused. */
  async openRoom(name: string): Promise<string> {
    const answer = await this.request("POST", "/createRoom", {
      preset: "private_chat",
      visibility: "private",
      name,
      initial_state: [ENCRYPTION],
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return roomAnswer.parse(answer.body).room_id;
  }

  async openDirectChat(other: ChatUser): Promise<ChatAnswer> {
    return await this.request("POST", "/createRoom", {
      preset: "trusted_private_chat",
      is_direct: true,
      invite: [other.userId],
      initial_state: [ENCRYPTION],
    });
  }

  /** The hole that no invitation callback sees: an invitation as a member event of a new room. */
  async forgeInvitation(other: ChatUser): Promise<ChatAnswer> {
    const member = {
      type: "m.room.member",
      state_key: other.userId,
      content: { membership: "invite", reason: "komm in die Gruppe" },
    };
    return await this.request("POST", "/createRoom", { preset: "private_chat", initial_state: [ENCRYPTION, member] });
  }

  async invite(other: ChatUser, roomId: string): Promise<ChatAnswer> {
    return await this.request("POST", `/rooms/${encodeURIComponent(roomId)}/invite`, { user_id: other.userId });
  }

  async join(roomId: string): Promise<ChatAnswer> {
    return await this.request("POST", `/join/${encodeURIComponent(roomId)}`, {});
  }

  async joinedRooms(): Promise<string[]> {
    return joinedAnswer.parse((await this.request("GET", "/joined_rooms")).body).joined_rooms.toSorted();
  }

  /** Unencrypted texts that lie in the person's rooms, as in the room of the server's own notices. */
  async texts(): Promise<string[]> {
    const texts: string[] = [];
    for (const room of await this.joinedRooms()) {
      const { body } = await this.request("GET", `/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=50`);
      for (const { content } of messagesAnswer.parse(body).chunk)
        if (content.body !== undefined) texts.push(content.body);
    }
    return texts;
  }

  /**
   * Rooms of open invitations, followed from one /sync to the next as a client does; Synapse answers a repeated first
   * /sync from a cache of two minutes.
   */
  async invitations(): Promise<string[]> {
    const since = this.#since === undefined ? "" : `&since=${encodeURIComponent(this.#since)}`;
    const answer = syncAnswer.parse((await this.request("GET", `/sync?timeout=0${since}`)).body);
    this.#since = answer.next_batch;
    for (const room of Object.keys(answer.rooms?.invite ?? {})) this.#invitations.add(room);
    for (const room of Object.keys({ ...answer.rooms?.join, ...answer.rooms?.leave })) this.#invitations.delete(room);
    return [...this.#invitations].toSorted();
  }
}

const stateAnswer = z.object({
  state: z.array(z.object({ type: z.string(), state_key: z.string(), content: z.record(z.string(), z.unknown()) })),
});
const levelsContent = z.looseObject({ users: z.record(z.string(), z.number()), events_default: z.number().default(0) });

/** What Synapse itself says of a room: who is in it, and who may do what. */
export async function readRoom(roomId: string) {
  const url = `${SYNAPSE_URL}/_synapse/admin/v1/rooms/${encodeURIComponent(roomId)}/state`;
  const answer = await call(url, readTokenFile(PROVISIONER_TOKEN_FILE) ?? "", "GET");
  const { state } = stateAnswer.parse(answer.body);
  const members = state.filter(({ type, content }) => type === "m.room.member" && content["membership"] === "join");
  const levels = state.find(({ type }) => type === "m.room.power_levels")?.content;
  return { joined: members.map(({ state_key: userId }) => userId).toSorted(), levels: levelsContent.parse(levels) };
}

export const chatIdOf = (subject: string): string => matrixUserId(localpartOf(subject), SERVER_NAME);

export function roomOf(answer: ChatAnswer): string {
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return roomAnswer.parse(answer.body).room_id;
}

export function expectRefused(answer: ChatAnswer, errcode: string, text: string): void {
  expect(answer.status, JSON.stringify(answer.body)).toBe(403);
  expect(answer.body).toMatchObject({ errcode, error: text });
}
