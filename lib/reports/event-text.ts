// What a stored event says to a person: its text, or that only the people in the room can read it. Pure.
import { z } from "zod";

const eventSchema = z.object({
  type: z.string().catch(""),
  content: z.object({ body: z.string().optional() }).catch({}),
});

/** @param json the event as Synapse had it; garbage is shown as it is, never thrown at */
export function describeEvent(json: string): {
  readonly text: string | null;
  readonly isEncrypted: boolean;
  readonly json: string;
} {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return { text: null, isEncrypted: false, json };
  }
  const event = eventSchema.safeParse(parsed).data;
  return {
    text: event?.content.body ?? null,
    isEncrypted: event?.type === "m.room.encrypted",
    json: JSON.stringify(parsed, null, 2),
  };
}
