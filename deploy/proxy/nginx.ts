// Writes the route table as an nginx configuration (Debian's 1.22 or later, no extra modules), to be included in `http`.
// nginx decodes and resolves $uri, so the decision is made on the first line of the request exactly as it was sent.
import {
  corsHeaders,
  failures,
  type Refusal,
  refusalBody,
  refusals,
  wellKnownBody,
  type WellKnownOptions,
} from "./answers.ts";
import {
  type BodyClass,
  bodyLimitBytes,
  reportNotTaken,
  reportPatienceSeconds,
  type Route,
  routes,
  type Target,
} from "./routes.ts";

export type NginxOptions = {
  /** Value of `listen`, e.g. "443 ssl" or "127.0.0.1:8080". */
  readonly listen: string;
  /** Paths of certificate and key, if nginx itself ends TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** host:port of Synapse's client listener, which needs `x_forwarded: true`. */
  readonly synapse: string;
  /** host:port of the gate. */
  readonly gate: string;
  readonly accessLog: string;
  readonly bodyLimitBytes?: Readonly<Record<BodyClass, number>>;
} & WellKnownOptions;

/** The name of the internal location that carries a target out. */
function locationName(target: Target): string {
  if (target.to === "refusal") return `refuse-${target.refusal}`;
  if (target.to === "synapse" || target.to === "gate") return `${target.to}-${target.body}`;
  return target.to;
}

function quoted(text: string): string {
  if (/['\\$]/.test(text)) throw new Error(`nginx would read ' \\ or $ in this text as its own: ${text}`);
  return `'${text}'`;
}

const cors = Object.entries(corsHeaders)
  .map(([name, value]) => `add_header ${name} "${value}" always;`)
  .join("\n    ");

function mapLine({ source, target, reason }: Route): string {
  return `  # ${reason}\n  "~${source}" ${locationName(target)};`;
}

function answerLocation(name: string, status: number, body: string): string {
  const answer = body === "" ? String(status) : `${String(status)} ${quoted(body)}`;
  return `
  location = /${name} {
    internal;
    default_type application/json;
    ${cors}
    return ${answer};
  }`;
}

function failureLocation(name: string, refusal: Refusal): string {
  const body = quoted(refusalBody(refusal)).replace(/\}'$/, ',"request_id":"$request_id"}\'');
  return `
  location @${name} {
    default_type application/json;
    ${cors}
    return ${String(refusal.status)} ${body};
  }`;
}

/** A report that no gate takes goes to Synapse, where the worker finds it: it must not be lost. */
const pastTheGate = "@report-past-the-gate";
const reportFallback = `
    proxy_read_timeout ${String(reportPatienceSeconds)}s;
    proxy_intercept_errors on;
    error_page ${reportNotTaken.join(" ")} = ${pastTheGate};`;
const reportFallbackLocation = `
  location ${pastTheGate} {
    proxy_pass http://schulchat_synapse$request_uri;
  }`;

function upstreamLocation(upstream: "synapse" | "gate", body: BodyClass, limitBytes: number): string {
  // The gate's own CORS headers, should it send any, would stand twice; browsers refuse that.
  const owner = upstream === "gate" ? `\n    ${hiddenCors}\n    ${cors}` : "";
  return `
  location = /${upstream}-${body} {
    internal;
    client_max_body_size ${String(limitBytes)};
    proxy_request_buffering ${body === "media" ? "off" : "on"};
    proxy_pass http://schulchat_${upstream}$request_uri;${owner}${body === "report" ? reportFallback : ""}
  }`;
}

const hiddenCors = [...Object.keys(corsHeaders), "Access-Control-Expose-Headers"]
  .map((name) => `proxy_hide_header ${name};`)
  .join("\n    ");

function locations(options: NginxOptions): string[] {
  const limits = options.bodyLimitBytes ?? bodyLimitBytes;
  const written = new Map<string, string>();
  for (const { target } of routes) {
    const name = locationName(target);
    if (target.to === "refusal") {
      const refusal = refusals[target.refusal];
      written.set(name, answerLocation(name, refusal.status, refusalBody(refusal)));
    } else if (target.to === "preflight") written.set(name, answerLocation(name, 204, ""));
    else if (target.to === "wellKnown") written.set(name, answerLocation(name, 200, wellKnownBody(options)));
    else written.set(name, upstreamLocation(target.to, target.body, limits[target.body]));
  }
  return [...written.values(), reportFallbackLocation];
}

/** The configuration as text; equal options give equal text. */
export function nginxConfig(options: NginxOptions): string {
  const tls =
    options.tls === undefined
      ? ""
      : `\n  ssl_certificate ${options.tls.certificate};\n  ssl_certificate_key ${options.tls.key};\n  ssl_protocols TLSv1.2 TLSv1.3;`;
  return `# Made by deploy/proxy/generate.ts from the route table (deploy/proxy/routes.ts). Change the table, not this file.
#
# To be included in nginx's "http" block, e.g. as /etc/nginx/conf.d/schulchat.conf. Yours to set, with the options of
# generate.ts: the two upstreams, "listen", the certificate, the public address (it stands in the answer to
# /.well-known/matrix/client and in X-Forwarded-Proto).
# No other server block may lead to Synapse: what this file refuses is refused nowhere else.

upstream schulchat_synapse {
  server ${options.synapse} max_fails=0;
  keepalive 64;
}

upstream schulchat_gate {
  server ${options.gate} max_fails=0;
  keepalive 64;
}

# The path as the client sent it, neither decoded nor resolved, without the query.
map $request $schulchat_path {
  default "";
  "~^[A-Z]+ ([^? ]*)" $1;
}

# The first line that fits decides.
map "$request_method $schulchat_path" $schulchat_route {
  default refuse-unknownAddress;
${routes.map(mapLine).join("\n")}
}

# Neither path nor query: both name people.
log_format schulchat '$time_iso8601 $request_method $schulchat_route $status $request_time $request_id';

server {
  listen ${options.listen};
  server_name _;${tls}
  access_log ${options.accessLog};
  server_tokens off;
  merge_slashes off;
  charset off;

  client_header_timeout 20s;
  client_body_timeout 60s;
  send_timeout 60s;
  keepalive_timeout 75s;
  large_client_header_buffers 4 16k;
  reset_timedout_connection on;

  proxy_http_version 1.1;
  proxy_buffering off;
  proxy_connect_timeout 5s;
  # Longer than the longest wait of /sync.
  proxy_read_timeout 180s;
  proxy_send_timeout 60s;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  # Written here, never taken over from the client.
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto ${new URL(options.publicBaseUrl).protocol.replace(":", "")};
  proxy_set_header X-Forwarded-Host "";
  proxy_set_header X-Forwarded-Port "";
  proxy_set_header X-Real-IP "";
  proxy_set_header Forwarded "";

  # What nginx itself cannot read has no address yet, and a named location needs one.
  error_page 400 /-unreadable;
  error_page 405 @method;
  error_page 413 @too-large;
  error_page 502 @unreachable;
  error_page 504 @too-slow;

  if ($uri = "/-unreadable") {
    rewrite ^ /refuse-ambiguousAddress last;
  }
  rewrite ^ /$schulchat_route last;
${locations(options).join("\n")}

  # Never reached unless nginx gives up on an expression; it must not serve files then.
  location / {
    return 404;
  }
${failureLocation("method", refusals.unknownMethod)}
${failureLocation("too-large", failures.tooLarge)}
${failureLocation("unreachable", failures.unreachable)}
${failureLocation("too-slow", failures.tooSlow)}
}
`;
}
