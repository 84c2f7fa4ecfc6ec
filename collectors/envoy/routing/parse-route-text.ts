import type { Document } from "yaml";

import { plainName } from "#collectors/shared/plain-name.ts";

import { describeShape, parseDocument, withoutNulls, type FileFormat } from "../files/parse-document.ts";
import { DiscoveryFile, FileRouteConfiguration } from "./wire.ts";

/** A route file after reading. `problem` says why nothing in it can be steered. */
export interface RouteText {
  text: string;
  format: FileFormat;
  problem: string | null;
  /** With positions in `text`; `null` when the text cannot be parsed. */
  document: Document.Parsed | null;
  /** The whole file as plain data; `null` when it cannot be parsed. */
  data: unknown;
  configs: FileRouteConfiguration[];
  /** `null` when there is none, or when it is no text. */
  versionInfo: string | null;
}

const ROUTE_TYPE = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
/** Reads a text; whatever is in it, the answer is data or a problem in words, and nothing is thrown. */
export function parseRouteText(text: string, format: FileFormat): RouteText {
  const base = { text, format, problem: null, document: null, data: null, configs: [], versionInfo: null };
  const parsed = parseDocument(text, format);
  if ("problem" in parsed) return { ...base, problem: parsed.problem };
  const file = DiscoveryFile.safeParse(withoutNulls(parsed.data));
  if (!file.success) return { ...base, ...parsed, problem: describeShape("routes", file.error.issues[0]) };
  const configs: FileRouteConfiguration[] = [];
  let problem: string | null = null;
  for (const [index, resource] of file.data.resources.entries()) {
    const config = FileRouteConfiguration.safeParse(resource);
    if (config.success) {
      configs.push(config.data);
      problem ??= problemOf(config.data);
    } else problem ??= describeShape("routes", config.error.issues[0], `resources.${index}`);
  }
  const versionInfo = typeof file.data.version_info === "string" ? file.data.version_info : null;
  return { ...base, ...parsed, configs, versionInfo, problem: problem ?? problemOfCount(file.data.resources.length) };
}

function problemOf(config: FileRouteConfiguration): string | null {
  if (config["@type"] !== ROUTE_TYPE) {
    const type = config["@type"] === "" ? "something without @type" : plainName(config["@type"].split("/").at(-1) ?? "");
    return `The file holds ${type}, not a RouteConfiguration.`;
  }
  if ("virtualHosts" in config) return "The file is written with camelCase field names; Weft edits snake_case ones only.";
  if ("vhds" in config) return "The virtual hosts come from elsewhere (vhds), not from this file.";
  if (config.virtual_hosts.length === 0) return "The route configuration has no virtual hosts.";
  const domain = twiceTaken(config);
  return domain === null ? null : `Two virtual hosts take the domain ${plainName(domain)}; Envoy refuses such a file.`;
}

/** Envoy compares domains without case. */
function twiceTaken(config: FileRouteConfiguration): string | null {
  const seen = new Set<string>();
  for (const domain of config.virtual_hosts.flatMap((host) => host.domains)) {
    const key = domain.toLowerCase();
    if (seen.has(key)) return domain;
    seen.add(key);
  }
  return null;
}

function problemOfCount(count: number): string | null {
  if (count === 1) return null;
  if (count === 0) return "The file holds no route configuration.";
  return `The file holds ${count} route configurations; Envoy takes a file with exactly one.`;
}
