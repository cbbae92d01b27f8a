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
  static async of(person: DemoLogin): Promise<ChatUser> {
    const userId = matrixUserId(localpartOf(person.subject), SERVER_NAME);
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

export function roomOf(answer: ChatAnswer): string {
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return roomAnswer.parse(answer.body).room_id;
}

export function expectRefused(answer: ChatAnswer, errcode: string, text: string): void {
  expect(answer.status, JSON.stringify(answer.body)).toBe(403);
  expect(answer.body).toMatchObject({ errcode, error: text });
}
