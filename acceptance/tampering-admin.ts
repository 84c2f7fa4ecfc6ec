import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";

type Json = Record<string, unknown>;

/** Stands before a real proxy's admin and adds secrets to its answers, in the shapes in which configurations hold them. */
export class TamperingAdmin {
  /** Every secret that was ever answered. */
  readonly planted = new Set<string>();
  readonly #real: string;
  readonly #server: Server;

  constructor(realUrl: string) {
    this.#real = realUrl;
    this.#server = createServer((request, response) => {
      void this.#answer(request.url ?? "/").then(
        ({ status, type, body }) => response.writeHead(status, { "Content-Type": type }).end(body),
        () => response.writeHead(502).end(),
      );
    });
  }

  listen(): Promise<string> {
    return new Promise((done) => {
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address();
        done(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`);
      });
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => void this.#server.close(() => done()));
  }

  async #answer(target: string): Promise<{ status: number; type: string; body: string }> {
    // The mask is dropped, as by an admin that knows no masks: then private keys come along.
    const asked = target.includes("_secrets") ? target.replace(/&mask=[^&]*/, "") : target;
    const answer = await fetch(`${this.#real}${asked}`);
    const text = await answer.text();
    const type = answer.headers.get("content-type") ?? "text/plain";
    if (!type.includes("json")) return { status: answer.status, type, body: text };
    const json: unknown = JSON.parse(text);
    if (isObject(json)) this.#plant(target, json);
    return { status: answer.status, type, body: JSON.stringify(json) };
  }

  #secret(): string {
    const secret = `canary${randomBytes(9).toString("hex")}`;
    this.planted.add(secret);
    return secret;
  }

  #plant(target: string, answer: Json): void {
    if (target.startsWith("/server_info")) this.#plantServerInfo(answer);
    for (const config of Array.isArray(answer["configs"]) ? answer["configs"].filter(isObject) : []) {
      walk(config, (object) => this.#plantObject(object));
    }
  }

  #plantServerInfo(answer: Json): void {
    const node = isObject(answer["node"]) ? answer["node"] : {};
    const metadata = isObject(node["metadata"]) ? node["metadata"] : {};
    answer["node"] = { ...node, metadata: { ...metadata, DB_PASSWORD: this.#secret(), PROXY_CONFIG: { apiToken: this.#secret() } } };
    answer["command_line_options"] = { config_yaml: `admin: { password: ${this.#secret()} }`, service_node: "n" };
  }

  /** Adds what a real message of this kind may hold. */
  #plantObject(object: Json): void {
    const type = typeof object["@type"] === "string" ? object["@type"] : "";
    if (type.endsWith("TlsContext")) this.#plantTls(object);
    if (type.endsWith("v3.Secret")) this.#plantSecret(object);
    if (type.endsWith("HttpConnectionManager")) this.#plantManager(object);
    if (type.endsWith("RouteConfiguration")) this.#plantRoutes(object);
    if (type.endsWith("cluster.v3.Cluster")) this.#plantCluster(object);
    if (type.endsWith("rbac.v3.RBAC")) this.#plantPolicies(object);
    if (type.endsWith("BootstrapConfigDump")) this.#plantBootstrap(object);
  }

  #plantTls(context: Json): void {
    const common = isObject(context["common_tls_context"]) ? context["common_tls_context"] : {};
    context["common_tls_context"] = {
      ...common,
      tls_certificates: [{ private_key: { inline_string: this.#pem() }, password: { inline_string: this.#secret() } }],
    };
    context["session_ticket_keys"] = { keys: [{ inline_bytes: this.#secret() }] };
  }

  #plantSecret(secret: Json): void {
    const pair = isObject(secret["tls_certificate"]) ? secret["tls_certificate"] : {};
    secret["tls_certificate"] = { ...pair, private_key: { inline_string: this.#pem() }, password: { inline_string: this.#secret() } };
    secret["generic_secret"] = { secret: { inline_string: this.#secret() } };
  }

  #plantManager(manager: Json): void {
    const filters = Array.isArray(manager["http_filters"]) ? manager["http_filters"] : [];
    const filter = (name: string, fields: Json): Json => ({
      name,
      typed_config: { "@type": `type.googleapis.com/envoy.extensions.filters.http.${name}`, ...fields },
    });
    manager["http_filters"] = [
      filter("lua.v3.Lua", { default_source_code: { inline_string: `local key = "${this.#secret()}"` } }),
      filter("basic_auth.v3.BasicAuth", { users: { inline_string: `ops:{SHA}${this.#secret()}` } }),
      filter("oauth2.v3.OAuth2", { config: { credentials: { client_id: "c", token_secret: { inline_string: this.#secret() } } } }),
      filter("ext_authz.v3.ExtAuthz", {
        grpc_service: { initial_metadata: [{ key: "authorization", value: `Bearer ${this.#secret()}` }] },
      }),
      filter("wasm.v3.Wasm", { config: { configuration: { value: `{"password":"${this.#secret()}"}` } } }),
      filter("jwt_authn.v3.JwtAuthentication", { providers: { p: { local_jwks: { inline_string: `{"k":"${this.#secret()}"}` } } } }),
      filter("aws_request_signing.v3.AwsRequestSigning", {
        credential_provider: { inline_credential: { secret_access_key: this.#secret() } },
      }),
      ...filters,
    ];
    manager["tracing"] = {
      provider: {
        typed_config: {
          "@type": "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig",
          http_service: { request_headers_to_add: [{ header: { key: "x-api-key", value: this.#secret() } }] },
        },
      },
    };
  }

  #plantRoutes(config: Json): void {
    config["request_headers_to_add"] = [
      { header: { key: "authorization", value: `Basic ${this.#secret()}` } },
      { header: { key: "cookie", value: `session=${this.#secret()}` } },
    ];
    for (const host of Array.isArray(config["virtual_hosts"]) ? config["virtual_hosts"].filter(isObject) : []) {
      for (const route of Array.isArray(host["routes"]) ? host["routes"].filter(isObject) : []) {
        route["request_headers_to_add"] = [{ header: { key: "x-api-key", value: this.#secret() } }];
        const match = isObject(route["match"]) ? route["match"] : {};
        route["match"] = { ...match, headers: [{ name: "x-internal-token", string_match: { exact: this.#secret() } }] };
      }
    }
  }

  #plantCluster(cluster: Json): void {
    const metadata = isObject(cluster["metadata"]) ? cluster["metadata"] : {};
    const filterMetadata = isObject(metadata["filter_metadata"]) ? metadata["filter_metadata"] : {};
    cluster["metadata"] = { filter_metadata: { ...filterMetadata, vendor: { api_token: this.#secret() } } };
    const options = isObject(cluster["typed_extension_protocol_options"]) ? cluster["typed_extension_protocol_options"] : {};
    cluster["typed_extension_protocol_options"] = {
      ...options,
      redis: {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions",
        auth_password: { inline_string: this.#secret() },
      },
    };
  }

  #plantPolicies(filter: Json): void {
    const rules = isObject(filter["rules"]) ? filter["rules"] : {};
    const policies = isObject(rules["policies"]) ? rules["policies"] : {};
    filter["rules"] = {
      ...rules,
      policies: {
        ...policies,
        "by-header": {
          permissions: [{ header: { name: "authorization", string_match: { exact: `Bearer ${this.#secret()}` } } }],
          principals: [{ header: { name: "x-api-key", string_match: { prefix: this.#secret() } } }],
        },
      },
    };
  }

  #plantBootstrap(dump: Json): void {
    const bootstrap = isObject(dump["bootstrap"]) ? dump["bootstrap"] : {};
    const resources = isObject(bootstrap["dynamic_resources"]) ? bootstrap["dynamic_resources"] : {};
    dump["bootstrap"] = {
      ...bootstrap,
      dynamic_resources: {
        ...resources,
        ads_config: { grpc_services: [{ initial_metadata: [{ key: "authorization", value: `Bearer ${this.#secret()}` }] }] },
      },
    };
  }

  #pem(): string {
    return `-----BEGIN PRIVATE KEY-----\n${this.#secret()}\n-----END PRIVATE KEY-----\n`;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Inner objects first, so that what is added is not walked again. */
function walk(value: unknown, visit: (object: Json) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  if (!isObject(value)) return;
  for (const inner of Object.values(value)) walk(inner, visit);
  visit(value);
}
