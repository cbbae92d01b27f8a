// Guarantee: no two directory ids ever share an account or a room, and every id finds its way back.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { channelAlias, groupAlias, groupOfAlias } from "./aliases.ts";
import { directoryIdOf, localpartOf, localpartOfUser, MatrixIdTooLongError, matrixUserId } from "./ids.ts";

const anyId = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const trickyId = fc.string({
  unit: fc.constantFrom("a", "Z", "-", "_", "=", ":", "ß", "3"),
  minLength: 1,
  maxLength: 12,
});

describe("localpart of a person", () => {
  test.each([
    ["7", "u-7"],
    ["7F_a", "u-7_f__a"],
    ["ä=:", "u-=c3=a4=3d=3a"],
    ["0a1b-2c", "u-0a1b-2c"],
  ])("%s becomes %s", (id, localpart) => {
    expect(localpartOf(id)).toBe(localpart);
  });

  test("is reversible and allowed by Synapse", () => {
    fc.assert(
      fc.property(fc.oneof(anyId, trickyId), (id) => {
        const localpart = localpartOf(id);
        expect(localpart).toMatch(/^u-[a-z0-9=_./+-]+$/);
        expect(directoryIdOf(localpart)).toBe(id);
      }),
    );
  });

  test.each(["idm_provisioning_bot", "u-A", "u-=zz", "u-_", "u-=61"])("%s was not made from an id", (localpart) => {
    expect(directoryIdOf(localpart)).toBeUndefined();
  });

  test("a Matrix id longer than 255 bytes is refused", () => {
    expect(matrixUserId("u-7", "localhost")).toBe("@u-7:localhost");
    expect(() => matrixUserId(localpartOf("ä".repeat(60)), "localhost")).toThrow(MatrixIdTooLongError);
  });

  test("the localpart of a Matrix id ends at the first colon", () => {
    expect(localpartOfUser("@u-7:chat.example:8448")).toBe("u-7");
  });
});

describe("alias of a group", () => {
  test("ordinary ids stay as they are", () => {
    const group = "0a1b2c3d-0000-4000-8000-000000000001";
    expect(groupAlias("DE-RP-SN-80808", group)).toBe(`DE-RP-SN-80808--${group}`);
    expect(channelAlias("DE-RP-SN-80808", group)).toBe(`DE-RP-SN-80808--${group}--chat`);
  });

  test("is reversible, holds no colon, and never is another room's alias", () => {
    fc.assert(
      fc.property(
        fc.oneof(anyId, trickyId),
        fc.oneof(anyId, trickyId, fc.constantFrom("staffroom", "chat", "a--chat")),
        (school, group) => {
          const alias = groupAlias(school, group);
          expect(alias).not.toContain(":");
          expect(groupOfAlias(alias)).toEqual({ schoolId: school, groupId: group });
          expect(groupOfAlias(channelAlias(school, group))).toBeUndefined();
          expect(alias.split("--")).toHaveLength(2);
        },
      ),
    );
  });

  test("a reserved room is no group", () => {
    expect(groupOfAlias("DE-RP-SN-80808--staffroom")).toBeUndefined();
    expect(groupAlias("S", "staffroom")).toBe("S--=73taffroom");
  });
});
