// The stage for tests of the message intake: a RabbitMQ and a database for the file; for each test a school, people of
// its directory, a queue bound to it, and a consumer as the worker runs it.
import type { ChannelModel, GetMessage } from "amqplib";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { AmqpFailure } from "#lib/amqp/errors.ts";
import { deadLetterQueueOf } from "#lib/amqp/queues.ts";
import type { Transaction } from "#lib/db/client.ts";
import { startAmqpIntake, type AmqpIntakeOptions, type IntakeQueue } from "#lib/directory/intake/amqp.ts";
import { decodeMessage } from "#lib/directory/intake/messages.ts";
import type { SchoolChange } from "#lib/directory/types.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "./database.ts";
import { startRabbit, type TestRabbit } from "./rabbitmq.ts";
import { addPerson, addSchool } from "./school.ts";
import { until } from "./until.ts";

export const SERVER_NAME = "chat.example";
export const matrixId = (localpart: string): string => `@${localpart}:${SERVER_NAME}`;

type Current = {
  readonly rabbit: TestRabbit;
  readonly database: TestDatabase;
  readonly connection: ChannelModel;
  readonly school: string;
  readonly queue: string;
  readonly changes: SchoolChange[];
  readonly left: string[][];
  readonly states: (AmqpFailure | "")[];
};

/** Call once at the top of a test file. */
export function prepareIntakeWorld() {
  let rabbit: TestRabbit;
  let database: TestDatabase;
  let jobs: JobSender;
  let current: Current | undefined;
  let tests = 0;
  let stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    [rabbit, database] = await Promise.all([startRabbit(), startTestDatabase()]);
    jobs = new JobSender(database.url);
  });
  afterAll(async () => {
    await jobs.stop();
    await rabbit.stop();
    await database.stop();
  });
  beforeEach(async () => {
    tests += 1;
    const school = `S-${String(tests)}`;
    await addSchool(database.db, school);
    for (const [name, role] of [
      ["lehrerin", "teacher"],
      ["schueler", "student"],
    ] as const) {
      await addPerson(database.db, { id: `${name}-${String(tests)}`, roles: { [school]: [role] } });
    }
    const connection = await rabbit.connect();
    const lists = { changes: [], left: [], states: [] };
    current = { rabbit, database, connection, school, queue: `matrix_sync_${String(tests)}`, ...lists };
  });
  afterEach(async () => {
    for (const stop of stops.reverse()) await stop();
    stops = [];
  });

  const world = (): Current => {
    if (current === undefined) throw new Error("the world begins with the first test");
    return current;
  };

  return {
    world,
    db: () => database.db,
    /** Id of the directory's person of this test. */
    idOf: (name: "lehrerin" | "schueler"): string => `${name}-${String(tests)}`,
    /** What our worker's callbacks are: they note the change and queue a job in the same transaction. */
    dependencies: (): Pick<AmqpIntakeOptions, "serverName" | "onSchoolChanged" | "onPeopleLeft"> => {
      const { changes, left } = world();
      return {
        serverName: SERVER_NAME,
        onSchoolChanged: async (tx: Transaction, change: SchoolChange) => {
          changes.push(change);
          const rooms = change.groupIds.map((alias) => ({ data: { alias }, key: alias }));
          return await jobs.sendMany(tx, "provision-room", rooms);
        },
        onPeopleLeft: async (tx: Transaction, personIds: readonly string[]) => {
          left.push([...personIds]);
          const accounts = personIds.map((personId) => ({ data: { personId }, key: personId }));
          return await jobs.sendMany(tx, "provision-account", accounts);
        },
      };
    },
    async startIntake(more: Partial<AmqpIntakeOptions> & { readonly match?: IntakeQueue["match"] } = {}) {
      const { school, queue, states } = world();
      const { match = "subject", ...options } = more;
      const intake = startAmqpIntake({
        db: database.db,
        url: rabbit.url,
        queues: [{ queue, school, prefix: "sso_", match }],
        onState: (_, state) => states.push(state),
        maxRetryMs: 300,
        ...this.dependencies(),
        ...options,
      });
      stops.push(() => intake.stop());
      return intake;
    },
    async publish(body: unknown, properties: { readonly priority?: number; readonly to?: string } = {}): Promise<void> {
      const { connection, queue } = world();
      const { priority, to = queue } = properties;
      const channel = await connection.createConfirmChannel();
      const content = Buffer.isBuffer(body)
        ? body
        : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      channel.sendToQueue(to, content, {
        persistent: true,
        headers: { origin: "test", CC: ["elsewhere"] },
        ...(priority !== undefined && { priority }),
      });
      await channel.waitForConfirms();
      await channel.close();
    },
    async makeQueue(queue = world().queue, options = { durable: false, arguments: { "x-max-priority": 2 } }) {
      const channel = await world().connection.createChannel();
      await channel.assertQueue(queue, options);
      await channel.close();
    },
    async count(queue = world().queue): Promise<{ readonly messages: number; readonly consumers: number } | null> {
      const channel = await world().connection.createChannel();
      channel.on("error", () => undefined);
      try {
        const { messageCount, consumerCount } = await channel.checkQueue(queue);
        await channel.close();
        return { messages: messageCount, consumers: consumerCount };
      } catch {
        return null;
      }
    },
    /** Resolves when everything sent has been dealt with and acknowledged. */
    async settled(): Promise<void> {
      const { connection, queue, states } = world();
      await until(() => states.at(-1) === "", "the queue is consumed");
      // a message of the lowest priority is the last one, and says so by its dead letter
      const mark = `mark ${String(Math.random())}`;
      await this.publish(mark, { priority: 0 });
      const seen: GetMessage[] = [];
      const channel = await connection.createChannel();
      await until(async () => {
        const letter = await channel.get(deadLetterQueueOf(queue), { noAck: true });
        if (letter !== false) seen.push(letter);
        return seen.at(-1)?.content.toString() === mark;
      }, "everything is dealt with");
      // what was there before goes back for the test to look at
      for (const { content, properties } of seen.slice(0, -1)) {
        channel.sendToQueue(deadLetterQueueOf(queue), content, properties);
      }
      await channel.close();
      await database.db.intakeProblem.deleteMany({ where: { feed: queue, reason: "notJson", about: hashOf(mark) } });
    },
    async deadLetters(): Promise<readonly GetMessage[]> {
      const channel = await world().connection.createChannel();
      const letters: GetMessage[] = [];
      for (;;) {
        const letter = await channel.get(deadLetterQueueOf(world().queue), { noAck: true });
        if (letter === false) break;
        letters.push(letter);
      }
      await channel.close();
      return letters;
    },
    /** Members of the test's rooms: `<group> <person> <level>`. */
    async members(): Promise<readonly string[]> {
      const rows = await database.db.groupMember.findMany({
        where: { group: { schoolId: world().school } },
        orderBy: [{ groupId: "asc" }, { personId: "asc" }],
      });
      return rows.map(
        ({ groupId, personId, isModerator }) => `${groupId} ${personId}${isModerator ? " moderator" : ""}`,
      );
    },
    problems: async () =>
      (await database.db.intakeProblem.findMany({ where: { feed: world().queue }, orderBy: { id: "asc" } })).map(
        ({ recordType, recordId, reason, deadLettered }) => ({ recordType, recordId, reason, deadLettered }),
      ),
  };
}

function hashOf(text: string): string {
  const decoded = decodeMessage(Buffer.from(text));
  return decoded.about;
}
