import type { z } from "zod";

import { allowOnlyPaths } from "#collectors/shared/allowed-paths.ts";
import { MAX_ANSWER_BYTES } from "#collectors/shared/http-fetcher.ts";
import { err, ok, type Result, type WeftError } from "#lib/model/errors.ts";
import type { HttpAnswer, HttpFetcher } from "#lib/ports/http-fetcher.ts";

import { notText, refused, wrongShape } from "./failures.ts";
import { CONFIG_ELEMENTS, ConfigAnswer, type ConfigElement, type ConfigResource } from "./wire-config.ts";
import {
  BootstrapAnswer,
  CertsAnswer,
  ClustersAnswer,
  ListenersAnswer,
  SecretsAnswer,
  ServerInfo,
  type CertificateEntry,
  type ClusterStatus,
  type ListenerStatus,
  type SecretElement,
} from "./wire.ts";

/** Everything Weft ever asks of an Envoy admin; all of it only reads. */
export const ADMIN_PATHS = [
  "/ready",
  "/server_info",
  "/stats",
  "/stats/prometheus",
  "/clusters",
  "/config_dump",
  "/certs",
  "/listeners",
] as const;

/** A text answer and how long it took, milliseconds. */
export interface TimedText {
  text: string;
  elapsedMs: number;
}

export interface ConfigQuery {
  /** Field mask applied to each element, e.g. `["route_config.name", "version_info"]`. */
  mask?: readonly string[];
  /** RE2 that the resource's name must match. */
  nameRegex?: string;
}

/**
 * One Envoy's admin, read only. Every call has its own deadline. Errors: those of `HttpFetcher`; SOURCE_REFUSED when the
 * admin answered no (a path outside `allow_paths`, an unknown resource); SOURCE_MALFORMED when the answer is not what an
 * Envoy says (a web page, wrong types); all name the address.
 */
export interface AdminClient {
  /** `http://host:port` as the directory names it. */
  readonly address: string;
  /** `LIVE`, `DRAINING`, `PRE_INITIALIZING` or `INITIALIZING`. */
  ready(signal?: AbortSignal): Promise<Result<string>>;
  serverInfo(signal?: AbortSignal): Promise<Result<ServerInfo>>;
  /** When the running process read its bootstrap, as Envoy prints it: differs for every process, same for its life. */
  processStart(signal?: AbortSignal): Promise<Result<string>>;
  /** How often histograms are merged, seconds. */
  statsFlushSeconds(signal?: AbortSignal): Promise<Result<number>>;
  /** Used series whose dotted name matches `filter` (RE2, not anchored by itself), in Prometheus' text format. */
  prometheus(filter: string, signal?: AbortSignal): Promise<Result<TimedText>>;
  /** Counters and gauges by dotted name, used or not, whose name matches `filter`; histograms and texts are left out. */
  stats(filter: string, signal?: AbortSignal): Promise<Result<Map<string, number>>>;
  clusters(signal?: AbortSignal): Promise<Result<ClusterStatus[]>>;
  listeners(signal?: AbortSignal): Promise<Result<ListenerStatus[]>>;
  certs(signal?: AbortSignal): Promise<Result<CertificateEntry[]>>;
  /** The certificate chains of the secrets in use, by secret; nothing else of a secret is ever asked for or kept. */
  certificateChains(signal?: AbortSignal): Promise<Result<SecretElement[]>>;
  /** Elements of one kind of configuration; empty when there are none of that kind. */
  config<R extends ConfigResource>(resource: R, query?: ConfigQuery, signal?: AbortSignal): Promise<Result<ConfigElement<R>[]>>;
}

interface AdminClientOptions {
  address: string;
  http: HttpFetcher;
  /** Deadline of every single call, milliseconds. */
  timeoutMs: number;
}

export function createAdminClient({ address, http, timeoutMs }: AdminClientOptions): AdminClient {
  const guarded = allowOnlyPaths(http, ADMIN_PATHS);

  async function ask(target: string, signal: AbortSignal | undefined, okStatuses: readonly number[] = [200]): Promise<Result<HttpAnswer>> {
    const answer = await guarded.get({ url: `${address}${target}`, timeoutMs, maxBytes: MAX_ANSWER_BYTES, signal });
    if (!answer.ok || okStatuses.includes(answer.value.status)) return answer;
    return err(refused(address, target, answer.value.status));
  }

  async function askJson<T extends z.ZodType>(target: string, schema: T, signal: AbortSignal | undefined): Promise<Result<z.infer<T>>> {
    const answer = await ask(target, signal);
    return answer.ok ? parseJson(address, target, answer.value, schema) : answer;
  }

  return {
    address,
    async ready(signal) {
      // 503 is how a draining or initializing Envoy answers.
      const answer = await ask("/ready", signal, [200, 503]);
      if (!answer.ok) return answer;
      const state = answer.value.text.trim();
      return /^[A-Z_]{4,20}$/.test(state) ? ok(state) : err(notText(address, "/ready", answer.value));
    },
    serverInfo: (signal) => askJson("/server_info", ServerInfo, signal),
    async processStart(signal) {
      const answer = await askJson("/config_dump?mask=last_updated", BootstrapAnswer, signal);
      if (!answer.ok) return answer;
      const start = answer.value.configs.find(isBootstrap)?.last_updated;
      return start === undefined ? err(wrongShape(address, "/config_dump", "configs", "the bootstrap's time is missing")) : ok(start);
    },
    async statsFlushSeconds(signal) {
      const answer = await askJson("/config_dump?mask=bootstrap.stats_flush_interval", BootstrapAnswer, signal);
      return answer.ok ? ok(answer.value.configs.find(isBootstrap)?.bootstrap?.stats_flush_interval ?? DEFAULT_FLUSH_SECONDS) : answer;
    },
    async prometheus(filter, signal) {
      const target = `/stats/prometheus?usedonly&filter=${encodeURIComponent(filter)}`;
      const answer = await ask(target, signal);
      if (!answer.ok) return answer;
      if (answer.value.mediaType !== "text/plain") return err(notText(address, target, answer.value));
      return ok({ text: answer.value.text, elapsedMs: answer.value.elapsedMs });
    },
    async stats(filter, signal) {
      const target = `/stats?filter=${encodeURIComponent(filter)}`;
      const answer = await ask(target, signal);
      if (!answer.ok) return answer;
      if (answer.value.mediaType !== "text/plain") return err(notText(address, target, answer.value));
      return ok(parseStatLines(answer.value.text));
    },
    async clusters(signal) {
      const answer = await askJson("/clusters?format=json", ClustersAnswer, signal);
      return answer.ok ? ok(answer.value.cluster_statuses) : answer;
    },
    async listeners(signal) {
      const answer = await askJson("/listeners?format=json", ListenersAnswer, signal);
      return answer.ok ? ok(answer.value.listener_statuses) : answer;
    },
    async certs(signal) {
      const answer = await askJson("/certs", CertsAnswer, signal);
      return answer.ok ? ok(answer.value.certificates) : answer;
    },
    async certificateChains(signal) {
      const raw = await ask(CERTIFICATE_CHAINS, signal, [200, 404]);
      if (!raw.ok) return raw;
      if (raw.value.status === 404) return isNoneOfThatKind(raw.value) ? ok([]) : err(refused(address, CERTIFICATE_CHAINS, 404));
      const answer = parseJson(address, CERTIFICATE_CHAINS, raw.value, SecretsAnswer);
      return answer.ok ? ok(answer.value.configs) : answer;
    },
    async config(resource, query, signal) {
      const target = configTarget(resource, query);
      const raw = await ask(target, signal, [200, 404]);
      if (!raw.ok) return raw;
      if (raw.value.status === 404 && isNoneOfThatKind(raw.value)) return ok([]);
      if (raw.value.status === 404) return err(refused(address, target, 404));
      const answer = parseJson(address, target, raw.value, ConfigAnswer);
      if (!answer.ok) return answer;
      const elements: ConfigElement<typeof resource>[] = [];
      for (const [index, config] of answer.value.configs.entries()) {
        const element = CONFIG_ELEMENTS[resource].safeParse(config);
        if (!element.success) return err(zodFailure(address, target, element.error, `configs.${index}`));
        // The schema is the one this very `resource` names; TypeScript does not follow that through the index.
        elements.push(element.data as ConfigElement<typeof resource>);
      }
      return ok(elements);
    },
  };
}

const DEFAULT_FLUSH_SECONDS = 5;

/** Secrets are asked for with this mask and in no other way. */
const CERTIFICATE_CHAINS = "/config_dump?resource=dynamic_active_secrets&mask=name,secret.name,secret.tls_certificate.certificate_chain";

/** Envoy's way of saying that it never had any of this kind; any other 404 comes from something else. */
function isNoneOfThatKind({ text }: HttpAnswer): boolean {
  return text.includes("not found in config dump");
}

function isBootstrap(config: { "@type": string }): boolean {
  return config["@type"].endsWith(".BootstrapConfigDump");
}

function configTarget(resource: ConfigResource, query: ConfigQuery = {}): string {
  const parameters = [`resource=${resource}`];
  // Without this flag Envoy answers 404 for endpoints.
  if (resource.endsWith("_endpoint_configs")) parameters.push("include_eds");
  if (query.mask !== undefined) parameters.push(`mask=${query.mask.map(encodeURIComponent).join(",")}`);
  if (query.nameRegex !== undefined) parameters.push(`name_regex=${encodeURIComponent(query.nameRegex)}`);
  return `/config_dump?${parameters.join("&")}`;
}

function parseJson<T extends z.ZodType>(address: string, target: string, answer: HttpAnswer, schema: T): Result<z.infer<T>> {
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch {
    return err(notText(address, target, answer));
  }
  const parsed = schema.safeParse(json);
  return parsed.success ? ok(parsed.data) : err(zodFailure(address, target, parsed.error, ""));
}

function zodFailure(address: string, target: string, error: z.ZodError, prefix: string): WeftError {
  const issue = error.issues[0];
  const path = [prefix, ...(issue?.path.map(String) ?? [])].filter((part) => part !== "").join(".");
  return wrongShape(address, target, path, issue?.message ?? "it has another shape");
}

function parseStatLines(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    const colon = line.lastIndexOf(": ");
    const value = line.slice(colon + 2).trim();
    if (colon > 0 && /^\d+$/.test(value)) values.set(line.slice(0, colon), Number(value));
  }
  return values;
}
