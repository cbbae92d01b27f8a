// Writes deploy/proxy/nginx.conf: `node deploy/proxy/generate.ts [--out FILE] [--listen "443 ssl"] [--public-base-url URL]
// [--synapse HOST:PORT] [--gate HOST:PORT] [--access-log "FILE schulchat"] [--certificate FILE --key FILE |
// --no-tls]`.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nginxConfig, type NginxOptions } from "./nginx.ts";

const placeholders = {
  listen: "443 ssl",
  publicBaseUrl: "https://chat.example.org",
  synapse: "127.0.0.1:8008",
  gate: "127.0.0.1:8090",
  accessLog: "/var/log/nginx/schulchat.log schulchat",
};
const certificate = { certificate: "/etc/ssl/schulchat/fullchain.pem", key: "/etc/ssl/schulchat/privkey.pem" };

/** The options of the committed file: placeholders that an operator replaces. */
export const committedOptions: NginxOptions = { ...placeholders, tls: certificate };

export const committedFile = fileURLToPath(new URL("nginx.conf", import.meta.url));

function main(): void {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: committedFile },
      listen: { type: "string", default: placeholders.listen },
      "public-base-url": { type: "string", default: placeholders.publicBaseUrl },
      synapse: { type: "string", default: placeholders.synapse },
      gate: { type: "string", default: placeholders.gate },
      certificate: { type: "string", default: certificate.certificate },
      "access-log": { type: "string", default: placeholders.accessLog },
      key: { type: "string", default: certificate.key },
      "no-tls": { type: "boolean", default: false },
    },
  });
  const config = nginxConfig({
    ...placeholders,
    listen: values.listen,
    publicBaseUrl: values["public-base-url"],
    synapse: values.synapse,
    gate: values.gate,
    accessLog: values["access-log"],
    ...(values["no-tls"] ? {} : { tls: { certificate: values.certificate, key: values.key } }),
  });
  writeFileSync(values.out, config);
  process.stdout.write(`${values.out}\n`);
}

if (import.meta.main) main();
