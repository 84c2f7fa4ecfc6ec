import type { Attribute, TraceResource } from "#lib/model/trace.ts";
import type { ResourceRecord } from "#lib/ports/span-store.ts";

import { RESOURCE_ATTRIBUTES } from "./fields.ts";
import { UNKNOWN_SERVICE } from "./index-fields.ts";
import { SERVICE_INSTANCE, SERVICE_NAME, SERVICE_NAMESPACE, SERVICE_VERSION } from "./index-keys.ts";
import { readAttribute } from "./read-attribute.ts";
import { WireReader } from "./wire-reader.ts";

/** Who produced spans, from the attributes that `ResourceScan` found. */
export function readService(reader: WireReader, services: Int32Array): Omit<ResourceRecord, "body"> {
  const text = (key: number): string | null => {
    const end = services[key * 2 + 1] ?? 0;
    if (end === 0) return null;
    reader.at = services[key * 2] ?? 0;
    return textOrNull(readAttribute(reader, end).value);
  };
  return {
    service: text(SERVICE_NAME) ?? UNKNOWN_SERVICE,
    namespace: text(SERVICE_NAMESPACE),
    version: text(SERVICE_VERSION),
    instance: text(SERVICE_INSTANCE),
  };
}

/** Reads back a Resource message. Throws INVALID when it is damaged. */
export function decodeResource(body: Uint8Array): TraceResource {
  const reader = new WireReader(body);
  const attributes: Attribute[] = [];
  while (reader.at < body.length) {
    const tag = reader.tag(body.length);
    if (tag === RESOURCE_ATTRIBUTES) attributes.push(readAttribute(reader, reader.lengthEnd(body.length)));
    else reader.skip(tag, body.length);
  }
  // The last one counts where a key comes twice, as for the index.
  const valueOf = (key: string): string | null => textOrNull(attributes.findLast((attribute) => attribute.key === key)?.value ?? "");
  return {
    service: valueOf("service.name") ?? UNKNOWN_SERVICE,
    namespace: valueOf("service.namespace"),
    version: valueOf("service.version"),
    instance: valueOf("service.instance.id"),
    attributes,
  };
}

function textOrNull(text: string): string | null {
  return text === "" ? null : text;
}
