import type { Document } from "yaml";
import { z } from "zod";

import { plainName } from "#collectors/shared/plain-name.ts";

import { Listener } from "../admin/wire-config.ts";
import { describeShape, parseDocument, withoutNulls, type FileFormat } from "../files/parse-document.ts";
import { whySecret } from "./inline-secrets.ts";

/** A listener file after reading. `problem` says why nothing in it can be changed. */
export interface ListenerText {
  text: string;
  format: FileFormat;
  problem: string | null;
  /** With positions in `text`; `null` when the text cannot be parsed. */
  document: Document.Parsed | null;
  /** The whole file as plain data; `null` when it cannot be parsed. */
  data: unknown;
  /** In the order of the file, so that the index is that of the resource. */
  listeners: Listener[];
  /** `null` when there is none, or when it is no text. */
  versionInfo: string | null;
}

const LISTENER_TYPE = "type.googleapis.com/envoy.config.listener.v3.Listener";

const DiscoveryFile = z.looseObject({ version_info: z.unknown().optional(), resources: z.array(z.unknown()).default([]) });

/** Fields on which it hangs what a chain lets in; Envoy takes them in this spelling too, and then nothing here would see them. */
const CAMEL_CASE = new Set(
  "filterChains defaultFilterChain filterChainMatch filterChainMatcher transportSocket transportProtocol typedConfig requireClientCertificate commonTlsContext trafficDirection listenerFilters statPrefix".split(
    " ",
  ),
);
const MERGE: ReadonlySet<string> = new Set(["<<"]);
const MAX_DEPTH = 100;

/** Reads a text; whatever is in it, the answer is data or a problem in words, and nothing is thrown. */
export function parseListenerText(text: string, format: FileFormat): ListenerText {
  const base: ListenerText = { text, format, problem: null, document: null, data: null, listeners: [], versionInfo: null };
  const parsed = parseDocument(text, format);
  if ("problem" in parsed) return { ...base, problem: parsed.problem };
  const file = DiscoveryFile.safeParse(withoutNulls(parsed.data));
  if (!file.success) return { ...base, ...parsed, problem: describeShape("listeners", file.error.issues[0]) };
  const versionInfo = typeof file.data.version_info === "string" ? file.data.version_info : null;
  const listeners: Listener[] = [];
  for (const [index, resource] of file.data.resources.entries()) {
    const listener = Listener.safeParse(resource);
    if (!listener.success)
      return { ...base, ...parsed, versionInfo, problem: describeShape("listeners", listener.error.issues[0], `resources.${index}`) };
    listeners.push(listener.data);
  }
  return { ...base, ...parsed, versionInfo, listeners, problem: whySecret(text, parsed.data) ?? problemOf(listeners) };
}

function problemOf(listeners: readonly Listener[]): string | null {
  if (listeners.length === 0) return "The file holds no listener.";
  for (const listener of listeners) {
    const type = listener["@type"];
    if (type !== LISTENER_TYPE) {
      const what = typeof type === "string" && type !== "" ? plainName(type.split("/").at(-1) ?? "") : "something without @type";
      return `The file holds ${what}, not only Listeners.`;
    }
  }
  if (hasKey(listeners, CAMEL_CASE, 0)) return "The file is written with camelCase field names; Weft edits snake_case ones only.";
  // YAML 1.2 has no merge keys and Envoy knows none, so what is merged in is neither here nor there.
  if (hasKey(listeners, MERGE, 0)) return "The file is written with YAML merge keys (<<), which Envoy does not follow.";
  const names = listeners.map((listener) => listener.name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) return `Two listeners are called ${plainName(twice)}; Envoy refuses such a file.`;
  return null;
}

function hasKey(value: unknown, keys: ReadonlySet<string>, depth: number): boolean {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return false;
  return Object.entries(value).some(([key, inner]) => keys.has(key) || hasKey(inner, keys, depth + 1));
}
