// A worker's intake that dies (SIGKILL) when it has stored a message and not yet acknowledged it.
import { consumeQueue } from "#lib/amqp/consumer.ts";
import { openDatabase } from "#lib/db/client.ts";
import { messageHandler } from "#lib/directory/intake/amqp.ts";

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
};

const handle = messageHandler(openDatabase(setting("DATABASE_URL")), {
  queue: setting("QUEUE"),
  schoolId: setting("SCHOOL"),
  match: "subject",
  prefix: "sso_",
  serverName: setting("SERVER_NAME"),
  onSchoolChanged: () => Promise.resolve(0),
  onPeopleLeft: () => Promise.resolve(0),
});
consumeQueue({
  url: setting("AMQP_URL"),
  queue: setting("QUEUE"),
  onState: () => undefined,
  handle: async (message) => {
    await handle(message);
    process.kill(process.pid, "SIGKILL");
    return { type: "later" };
  },
});
