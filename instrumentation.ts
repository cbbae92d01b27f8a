// What Next.js calls when a page or route fails: the digest that the person reads as an id goes to the log with its cause.
import type { Instrumentation } from "next";

export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { log } = await import("#lib/log/log.ts");
  const digest = error instanceof Error && "digest" in error ? error.digest : undefined;
  log.error(
    { err: error, digest, path: request.path, method: request.method, route: context.routePath },
    "page failed",
  );
};
