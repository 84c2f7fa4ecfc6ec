import { join } from "node:path";

/** Every path below the run folder. What readers outside the demo may rely on is told in the README. */
export interface RunDir {
  readonly root: string;
  readonly meshFile: string;
  readonly lockFile: string;
  readonly routes: string;
  readonly listeners: string;
  readonly proxies: string;
  readonly logs: string;
  readonly certs: string;
  readonly secrets: string;
  readonly envoy: string;
  /** Of the store of metrics, where there is one. */
  readonly metrics: string;
  routeFile(host: string): string;
  listenerFile(proxy: string): string;
  proxyFile(proxy: string): string;
  secretFile(service: string): string;
  readonly trustFile: string;
  bootstrapFile(proxy: string): string;
  endpointsFile(proxy: string, cluster: string): string;
  logFile(process: string): string;
}

/** `root` must be absolute: Envoy takes relative paths from its own working directory. */
export function runDirAt(root: string): RunDir {
  const at = (...parts: string[]): string => join(root, ...parts);
  return {
    root,
    meshFile: at("mesh.json"),
    lockFile: at("demo.pid"),
    routes: at("routes"),
    listeners: at("listeners"),
    proxies: at("proxies"),
    logs: at("logs"),
    certs: at("certs"),
    secrets: at("secrets"),
    envoy: at("envoy"),
    metrics: at("metrics"),
    routeFile: (host) => at("routes", `${host}.yaml`),
    listenerFile: (proxy) => at("listeners", `${proxy}.json`),
    proxyFile: (proxy) => at("proxies", `${proxy}.json`),
    secretFile: (service) => at("secrets", `${service}.json`),
    trustFile: at("certs", "ca.pem"),
    bootstrapFile: (proxy) => at("envoy", `${proxy}.bootstrap.json`),
    endpointsFile: (proxy, cluster) => at("envoy", `${proxy}.endpoints.${cluster.replaceAll("|", "-")}.json`),
    logFile: (process) => at("logs", `${process}.log`),
  };
}
