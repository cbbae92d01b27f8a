// Settings of AMQP and LDAP: all that is wrong is said at once, and without an address there is no source.
import { expect, test } from "vitest";
import { readEnvironment } from "#lib/env/env.ts";
import { readIntakeOptions } from "./options.ts";

const base = {
  DATABASE_URL: "postgresql://localhost/x",
  SYNAPSE_SERVER_NAME: "chat.example",
  SYNAPSE_URL: "http://localhost:8008",
  SYNAPSE_TOKEN_FILE: "token",
  ONEROSTER_URL: "https://roster.example",
  ONEROSTER_TOKEN_URL: "https://roster.example/token",
  ONEROSTER_CLIENT_ID: "console",
  ONEROSTER_CLIENT_SECRET: "qwertzuiopasdfghjklyxcvbnm0123456789",
  ONEROSTER_SERVICE_ID: "chat",
  EVIDENCE_KEYS: `test:${Buffer.alloc(32, 1).toString("base64")}`,
};
const read = (more: Readonly<Record<string, string>>) =>
  readIntakeOptions(readEnvironment("worker", { ...base, ...more }));
const queues = JSON.stringify([{ queue: "matrix_sync_populated", school: "S" }]);
const ldap = {
  LDAP_URL: "ldap://ldap.example",
  LDAP_BIND_DN: "cn=reader",
  LDAP_BIND_PASSWORD: "x",
  LDAP_PEOPLE: JSON.stringify({ base: "ou=people" }),
  LDAP_GROUPS: JSON.stringify([{ school: "S", group: "chor", title: "Chor", base: "ou=groups" }]),
};

test("nothing set, no source", () => {
  expect(read({})).toEqual({ amqp: null, ldap: null });
});

test("defaults", () => {
  expect(read({ AMQP_URL: "amqps://mq.example", AMQP_QUEUES: queues }).amqp).toEqual({
    url: "amqps://mq.example",
    queues: [{ queue: "matrix_sync_populated", school: "S", prefix: "sso_", match: "subject" }],
  });
  expect(read(ldap).ldap).toMatchObject({
    connection: { url: "ldap://ldap.example", isPlain: false },
    people: { attribute: "uid", match: "username" },
    groups: [{ role: "student", members: "dn", memberAttribute: "member" }],
  });
});

test.each([
  [{ AMQP_URL: "amqp://mq.example", AMQP_QUEUES: queues }, /AMQP_URL must use amqps/],
  [{ AMQP_URL: "amqps://mq.example" }, /AMQP_QUEUES is missing/],
  [{ AMQP_URL: "amqps://mq.example", AMQP_QUEUES: "[" }, /AMQP_QUEUES is not JSON/],
  [{ AMQP_URL: "amqps://mq.example", AMQP_QUEUES: '[{"queue":"q"}]' }, /AMQP_QUEUES\.0\.school/],
  [
    { AMQP_URL: "amqps://mq.example", AMQP_QUEUES: queues, AMQP_CA_FILE: "/nowhere.pem" },
    /AMQP_CA_FILE cannot be read/,
  ],
  [{ LDAP_URL: "ldap://ldap.example" }, /LDAP_BIND_DN[^]*LDAP_BIND_PASSWORD[^]*LDAP_PEOPLE[^]*LDAP_GROUPS/],
  [{ ...ldap, LDAP_TLS: "off" }, /LDAP_TLS may be off on loopback only/],
])("%j", (more, message) => {
  expect(() => read(more)).toThrow(message);
});
