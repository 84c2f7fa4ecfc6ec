import { z } from "zod";

import { type Endpoint, endpoints } from "#lib/contract/endpoints.ts";
import { Problem } from "#lib/contract/envelope.ts";

interface Parameter {
  name: string;
  in: "query";
  required: boolean;
  schema: unknown;
}

function parametersOf(query: z.ZodType): Parameter[] {
  const schema = z.toJSONSchema(query, { io: "input", unrepresentable: "any" });
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: "query",
    required: (schema.required ?? []).includes(name),
    schema: property,
  }));
}

function operationOf(id: string, endpoint: Endpoint): object {
  const media = endpoint.path === "/api/live" ? "text/event-stream" : "application/json";
  return {
    operationId: id,
    summary: endpoint.summary,
    parameters: parametersOf(endpoint.query),
    ...(endpoint.body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: z.toJSONSchema(endpoint.body, { io: "input" }) } } } }),
    responses: {
      [endpoint.status ?? 200]: {
        description: endpoint.summary,
        content: { [media]: { schema: z.toJSONSchema(endpoint.value, { unrepresentable: "any" }) } },
      },
      default: {
        description: "What went wrong, where, and how to mend it",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

/** The OpenAPI 3.1 document of the public API, made from the schemas that check it. */
export function buildOpenApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [id, endpoint] of Object.entries(endpoints)) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operationOf(id, endpoint) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Weft",
      version,
      description: "Times are ISO 8601 UTC, durations milliseconds, rates per second, ratios 0 to 1. What is not known is null.",
    },
    paths,
    components: { schemas: { Problem: z.toJSONSchema(Problem) } },
  };
}
