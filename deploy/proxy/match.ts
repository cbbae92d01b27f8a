// Decides where a request goes: the first line of the route table that fits "METHOD path", the path exactly as sent.
import { type Route, type Target, routes } from "./routes.ts";

export type Decision = {
  readonly route: string;
  readonly target: Target;
};

type CompiledRoute = {
  readonly expression: RegExp;
} & Decision;

function compile({ name, source, target }: Route): CompiledRoute {
  return { route: name, target, expression: new RegExp(source) };
}

const compiledRoutes = routes.map(compile);

/** The target of a request as it stands in its first line; the query decides nothing. */
export function matchRoute(method: string, rawUrl: string): Decision {
  const [rawPath = ""] = rawUrl.split("?", 1);
  const line = `${method} ${rawPath}`;
  for (const { route, target, expression } of compiledRoutes) {
    if (expression.test(line)) return { route, target };
  }
  throw new Error("The last line of the route table must fit everything.");
}
