// Whoever releases something sees what it is, for whom, and since when it waits.
import { createTranslator } from "next-intl";
import { expect, test } from "vitest";
import type { Translator } from "#components/ui/translator.ts";
import type { HeldChange } from "#lib/directory/queries.ts";
import de from "../../messages/de.json" with { type: "json" };
import { groupHeld } from "./held-groups.ts";

const t: Translator = createTranslator({ locale: "de", messages: de });
const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 12, minute));
const held = (id: string, more: Partial<HeldChange>): HeldChange => ({
  ...{ id, schoolId: "S", kind: "personRemoved", rule: "peopleOfSchool", role: null, person: null, group: null },
  ...{ heldAt: at(5), isReleased: false, concernsOneself: false },
  ...more,
});

test("what one limit holds stands together, with names, and what is released apart", () => {
  const groups = groupHeld(
    [
      held("1", { person: { id: "p1", name: "Mia Muster" } }),
      held("2", { person: { id: "p2", name: null }, heldAt: at(1), isReleased: true }),
      held("3", {
        ...{ kind: "roleGained", rule: "pupilBecomesStaff", role: "teacher", concernsOneself: true },
        person: { id: "p3", name: "Ole Muster" },
      }),
      held("4", { kind: "membersRemoved", rule: "noMembersLeft" }),
    ],
    t,
  );
  expect(groups.map(({ rule }) => rule)).toEqual(["peopleOfSchool", "pupilBecomesStaff", "noMembersLeft"]);
  const [removals, gains, members] = groups;
  expect(removals).toMatchObject({ open: [{ name: "Mia Muster" }], released: [{ name: "p2" }], since: at(1) });
  expect(gains?.open).toMatchObject([{ what: "wird Lehrkraft", concernsOneself: true }]);
  expect(members?.open[0]?.name).not.toBe("");
});

test("whoever is in no group of LDAP any more does not leave the school", () => {
  const [group] = groupHeld([held("1", { rule: "ldapPeople", person: { id: "p1", name: "Mia Muster" } })], t);
  expect(group).toMatchObject({ rule: "ldapPeople", open: [{ what: "wäre in keiner Gruppe aus LDAP mehr" }] });
});
