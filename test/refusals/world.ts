// The school of the refusal tests, one for the whole run; each test makes its own room in it.
import { test as base } from "vitest";
import {
  asMembershipRefusal,
  CONTACT_REFUSED,
  GROUP_REFUSED,
  LAST_MODERATOR,
  ROOM_REFUSED,
  SETTING_REFUSED,
} from "#lib/gate/refusals.ts";
import { refusals } from "#deploy/proxy/answers.ts";
import { openChatSchool, type ChatSchool } from "../chat-school.ts";
import { startTestSystem } from "../system.ts";
import { stopLooking } from "./witness.ts";

export { directChat } from "../matrix-session.ts";
export { joinRule, managedRoom, ownRoom, succeed } from "../rooms.ts";
export { expectHidden, expectNoEffect, expectRefused } from "./refused.ts";
export { answerTo, inboxOf, roomsOf, stateOf, syncOf } from "./witness.ts";
export { CONTACT_REFUSED, GROUP_REFUSED, LAST_MODERATOR, ROOM_REFUSED, SETTING_REFUSED };

/** The published client keeps an invitation only if joining is refused with M_FORBIDDEN. */
export const JOIN_REFUSED = asMembershipRefusal(CONTACT_REFUSED);
/** … and the room itself only if leaving is. */
export const LEAVE_REFUSED = asMembershipRefusal(LAST_MODERATOR);
export const NOT_INVITED = {
  errcode: "M_FORBIDDEN",
  error: "Der Beitritt ist nur mit einer gültigen Einladung möglich.",
};
export const PROXY = refusals;

export const test = base.extend<{ $worker: { school: ChatSchool } }>({
  school: [
    async ({}, provide) => {
      const system = await startTestSystem();
      try {
        await provide(await openChatSchool(system));
      } finally {
        await stopLooking();
        await system.stop();
      }
    },
    { scope: "worker" },
  ],
});
