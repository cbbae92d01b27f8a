// The demo's mail server as a process: takes every mail by SMTP, keeps it, delivers nothing to anybody, and shows it on a
// page. Reads MAIL_PORT, MAIL_PAGE_PORT and MAIL_DATA_DIR.
import { z } from "zod";
import { startMailServer } from "./mail/server.ts";

const port = z.coerce.number().int().min(1).max(65_535);
const settings = z.object({ MAIL_PORT: port, MAIL_PAGE_PORT: port, MAIL_DATA_DIR: z.string().min(1) });

const { MAIL_PORT, MAIL_PAGE_PORT, MAIL_DATA_DIR } = settings.parse(process.env);
const server = await startMailServer({ smtpPort: MAIL_PORT, pagePort: MAIL_PAGE_PORT, dataDir: MAIL_DATA_DIR });

const stop = (): void => {
  server.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
