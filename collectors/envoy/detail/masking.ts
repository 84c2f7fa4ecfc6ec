/** What stands in the place of a secret. */
export const MASK = "(masked)";

// Messages whose fields are known to hold no secret beside those masked by name below. Any other typed configuration
// (scripts, filters of third parties, credential sources) shows its shape and its numbers, but none of its texts.
const SHOWN_TYPES = [
  "envoy.admin.v3.",
  "envoy.config.",
  "envoy.extensions.access_loggers.stats.",
  "envoy.extensions.access_loggers.file.",
  "envoy.extensions.access_loggers.open_telemetry.",
  "envoy.extensions.early_data.",
  "envoy.extensions.filters.common.",
  "envoy.extensions.filters.http.fault.",
  "envoy.extensions.filters.http.health_check.",
  "envoy.extensions.filters.http.local_ratelimit.",
  "envoy.extensions.filters.http.rbac.",
  "envoy.extensions.filters.http.router.",
  "envoy.extensions.filters.listener.",
  "envoy.extensions.filters.network.http_connection_manager.",
  "envoy.extensions.filters.network.rbac.",
  "envoy.extensions.filters.network.tcp_proxy.",
  "envoy.extensions.load_balancing_policies.",
  "envoy.extensions.retry.",
  "envoy.extensions.tracers.opentelemetry.",
  "envoy.extensions.transport_sockets.raw_buffer.",
  "envoy.extensions.transport_sockets.tls.",
  "envoy.extensions.upstreams.http.",
  "envoy.type.",
  "google.protobuf.",
];

/** Fields that hold a secret, or data that may be one, whatever stands in them. */
const SECRET_FIELD =
  /^(inline_string|inline_bytes|environment_variable|private_key|private_key_provider|password|passphrase|session_ticket_keys|pkcs12|user_?info|cookie|basic_auth.*|api_?keys?|.*_secret|.*_key_data|.*token|.*credentials?|.*authorization)$/i;
/** Fields of these names only say where a secret is kept. */
const HARMLESS_FIELD = /(_sds_secret_configs?|^sds_config|secret_name)$/;
/** Names of headers and parameters whose value is a secret. */
const SECRET_HEADER = /authorization|cookie|token|secret|password|passwd|api-?_?key|credential|signature/i;

const SECRET_SHAPES = [
  /-----BEGIN [A-Z0-9 ]+-----/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]*)?/,
  /\b(Bearer|Basic)\s+[\w+/=.~-]{6,}/i,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bgh[pousr]_\w{20,}/,
  /\/\/[^/\s:@]+:[^/\s@]+@/,
];

/**
 * A configuration without its secrets: what is known to be harmless is shown, and everything else is masked. Works on any
 * JSON value and never changes it.
 */
export function maskSecrets(value: unknown): unknown {
  return mask(value, true);
}

function mask(value: unknown, isShown: boolean): unknown {
  if (typeof value === "string") return isShown && !looksSecret(value) ? value : MASK;
  if (Array.isArray(value)) return value.map((item) => mask(item, isShown));
  if (typeof value !== "object" || value === null) return value;
  const type = "@type" in value && typeof value["@type"] === "string" ? value["@type"] : null;
  return maskFields(value, type === null ? isShown : isShownType(type));
}

function maskFields(value: object, isShown: boolean): Record<string, unknown> {
  const isSecretPair = namesSecret(value);
  const masked = Object.entries(value).map(([field, inner]): [string, unknown] => {
    if (field === "@type") return [field, inner];
    const isSecret = (SECRET_FIELD.test(field) && !HARMLESS_FIELD.test(field)) || (isSecretPair && VALUE_FIELD.test(field));
    return [looksSecret(field) ? MASK : field, isSecret ? maskAll(inner) : mask(inner, isShown)];
  });
  return Object.fromEntries(masked);
}

const VALUE_FIELD =
  /^(value|raw_value|string_match|exact_match|contains_match|prefix_match|suffix_match|safe_regex_match|header_value|default_value)$/;

/** An object such as `{ key: "authorization", value: … }` or `{ name: "x-api-key", string_match: … }`. */
function namesSecret(value: object): boolean {
  return ["key", "name", "header_name"].some((field) => {
    const name: unknown = Reflect.get(value, field);
    return typeof name === "string" && SECRET_HEADER.test(name);
  });
}

/** Keeps the shape, so that a reader sees that something is set, and nothing of what. */
function maskAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskAll);
  if (typeof value !== "object" || value === null) return value === null ? null : MASK;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, maskAll(inner)]));
}

function isShownType(type: string): boolean {
  const name = type.slice(type.lastIndexOf("/") + 1);
  return SHOWN_TYPES.some((prefix) => name.startsWith(prefix));
}

function looksSecret(text: string): boolean {
  return SECRET_SHAPES.some((shape) => shape.test(text));
}
