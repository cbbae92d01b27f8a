// The OpenAPI document of everything that chat clients may ask, made from the table of endpoints and its schemas.
import { z } from "zod";
import { endpoints, type Endpoint } from "./endpoints.ts";
import { refusalAnswer } from "./schemas.ts";

type Json = Record<string, unknown>;

const record = z.record(z.string(), z.unknown());
const described = z.looseObject({ $defs: record.optional() });
const properties = z.looseObject({ properties: record.default({}), required: z.array(z.string()).default([]) });

/** Definitions with an id become components of the document. */
function collectSchemas() {
  const components: Json = {};
  return {
    components,
    of: (schema: z.ZodType, io: "input" | "output"): Json => {
      const { $defs, ...own } = described.parse(z.toJSONSchema(schema, { io }));
      Object.assign(components, $defs);
      return record.parse(Object.fromEntries(Object.entries(own).filter(([key]) => key !== "$schema")));
    },
  };
}

/** References lead to the document's components, wherever a schema had its own definitions. */
function moved(value: Json): Json {
  return record.parse(JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')));
}

function operation(
  { name, summary, params, query, body, answers }: Endpoint,
  schemas: ReturnType<typeof collectSchemas>,
): Json {
  const parameters = (where: "path" | "query", from: z.ZodObject) => {
    const schema = properties.parse(schemas.of(from, "input"));
    return Object.entries(schema.properties).map(([key, value]) => ({
      name: key,
      in: where,
      required: schema.required.includes(key),
      schema: value,
    }));
  };
  const json = (schema: Json): Json => ({ "application/json": { schema } });
  const refusal = (description: string): Json => ({ description, content: json(schemas.of(refusalAnswer, "output")) });
  const all = [...parameters("path", params), ...parameters("query", query)];
  return {
    operationId: name,
    summary,
    security: [{ accessToken: [] }],
    ...(all.length > 0 && { parameters: all }),
    ...(body && { requestBody: { required: true, content: json(schemas.of(body, "input")) } }),
    responses: {
      200: { description: "What the caller may see.", content: json(schemas.of(answers, "output")) },
      ...(!body && { 304: { description: "The same as under the ETag of `If-None-Match`." } }),
      400: refusal("Something of the request is not valid."),
      401: refusal("No Matrix access token, or none that is valid."),
      404: refusal("Not there, or not visible to the caller: both look alike."),
      503: refusal("Database or chat server are away; what is shown may stay."),
    },
  };
}

export function openApiDocument(): Json {
  const schemas = collectSchemas();
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operation(endpoint, schemas),
    };
  }
  return moved({
    openapi: "3.1.0",
    info: {
      title: "School chat address book",
      version: "1",
      description:
        "Whom the caller may contact, filtered by the communication matrix of each school. Answers are compressed, and have an ETag. All lists are sorted.",
      license: { name: "EUPL-1.2", identifier: "EUPL-1.2" },
    },
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: {
        accessToken: { type: "http", scheme: "bearer", description: "The caller's Matrix access token." },
      },
    },
  });
}
