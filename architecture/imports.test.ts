import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, relative, resolve } from "node:path";

import { describe, expect, it } from "vitest";

/** Everything below the repository that the rules speak of. */
const ROOT = resolve(import.meta.dirname, "..");
const ROOMS = ["acceptance", "app", "bench", "cli", "collectors", "components", "demo", "lib", "peers", "playwright", "server"];
/** The walk must see at least this much, or it proves nothing. Raise it as the house grows. */
const FEWEST_FILES = 500;
const FEWEST_IMPORTS = 2_000;

const IMPORT = /(?:^|[\n;])\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

interface Import {
  /** File that imports, relative to the root. */
  from: string;
  /** File or package that is imported: relative to the root for the project's own. */
  to: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" || entry.name === "fixtures" ? [] : filesBelow(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function resolveImport(from: string, specifier: string): string {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (specifier.startsWith(".")) return normalize(join(dirname(from), specifier));
  return specifier;
}

function isTest(file: string): boolean {
  return (
    /\.(test|spec)\.tsx?$/.test(file) ||
    file.includes("/testing/") ||
    file.startsWith("playwright/") ||
    file.startsWith("acceptance/") ||
    file.startsWith("bench/")
  );
}

const files = ROOMS.filter((room) => statSync(join(ROOT, room), { throwIfNoEntry: false })?.isDirectory()).flatMap(filesBelow);
const texts = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
const imports: Import[] = [...texts].flatMap(([from, text]) =>
  [...text.matchAll(IMPORT)].map((match) => ({ from, to: resolveImport(from, match[1] ?? match[2] ?? "") })),
);
const production = imports.filter(({ from }) => !isTest(from));

const DOMAIN = ["graph", "red", "traces", "security", "routing", "health", "canary", "validation"].map((room) => `lib/${room}/`);
const isOwn = (to: string): boolean => ROOMS.some((room) => to.startsWith(`${room}/`));
const starts = (path: string, ...prefixes: string[]): boolean => prefixes.some((prefix) => path.startsWith(prefix));

/** Imports out of `room` into the project that are not into one of `allowed`. */
function strays(room: string, ...allowed: string[]): string[] {
  return production
    .filter(({ from, to }) => from.startsWith(room) && isOwn(to) && !starts(to, room, ...allowed))
    .map(({ from, to }) => `${from} imports ${to}`);
}

function packagesOf(room: string): Set<string> {
  return new Set(production.filter(({ from, to }) => from.startsWith(room) && !isOwn(to)).map(({ to }) => to));
}

describe("who may import whom", () => {
  it("sees the whole house", () => {
    expect(files.length).toBeGreaterThan(FEWEST_FILES);
    expect(imports.length).toBeGreaterThan(FEWEST_IMPORTS);
    const broken = imports.filter(({ to }) => isOwn(to) && /\.tsx?$/.test(to) && !texts.has(to));
    expect(broken, "every own import names a file that exists").toEqual([]);
  });

  it("keeps the model pure: zod and itself only", () => {
    expect(strays("lib/model/")).toEqual([]);
    expect([...packagesOf("lib/model/")]).toEqual(["zod"]);
  });

  it("keeps the domain to the model and itself", () => {
    const found = DOMAIN.flatMap((room) => strays(room, "lib/model/", ...DOMAIN));
    expect(found).toEqual([]);
    expect(DOMAIN.flatMap((room) => [...packagesOf(room)])).toEqual([]);
  });

  it("keeps ports to the model", () => {
    expect(strays("lib/ports/", "lib/model/")).toEqual([]);
    expect([...packagesOf("lib/ports/")]).toEqual([]);
  });

  it("keeps verbs to ports, domain and model", () => {
    expect(strays("lib/usecases/", "lib/model/", "lib/ports/", ...DOMAIN)).toEqual([]);
    expect([...packagesOf("lib/usecases/")]).toEqual([]);
  });

  it("keeps the contract to the model", () => {
    expect(strays("lib/contract/", "lib/model/")).toEqual([]);
  });

  it("keeps collectors to ports, domain, model and what they share", () => {
    expect(strays("collectors/", "lib/model/", "lib/ports/", ...DOMAIN)).toEqual([]);
    const crossing = production.filter(({ from, to }) => {
      const [, room] = from.split("/");
      const [top, other] = to.split("/");
      return from.startsWith("collectors/") && from.split("/").length > 2 && top === "collectors" && other !== room && other !== "shared";
    });
    expect(crossing).toEqual([]);
  });

  it("keeps components and pages away from the server's side", () => {
    expect(strays("components/", "lib/model/", "lib/contract/", "lib/client/", ...DOMAIN)).toEqual([]);
    expect(strays("app/", "components/", "lib/client/", "lib/contract/", "lib/model/")).toEqual([]);
    expect(strays("lib/client/", "lib/model/", "lib/contract/", ...DOMAIN)).toEqual([]);
  });

  it("keeps the server away from the interface", () => {
    expect(production.filter(({ from, to }) => from.startsWith("server/") && starts(to, "app/", "components/", "demo/"))).toEqual([]);
  });

  it("keeps the demo and the peers to themselves", () => {
    expect(strays("demo/", "peers/")).toEqual([]);
    expect(strays("peers/")).toEqual([]);
  });

  it("has no cycle", () => {
    const graph = new Map<string, string[]>();
    for (const { from, to } of imports) if (texts.has(to)) graph.set(from, [...(graph.get(from) ?? []), to]);
    expect(findCycle(graph)).toEqual([]);
  });
});

describe("what may be said where", () => {
  const PURE = ["lib/model/", "lib/ports/", "lib/usecases/", ...DOMAIN];

  it("reads the environment in one place per program", () => {
    const allowed = /^(server\/config\/|peers\/(.*\/)?environment\.ts|cli\/|playwright\/|bench\/|demo\/main\.ts)/;
    const found = [...texts]
      .filter(([file, text]) => !isTest(file) && !allowed.test(file) && /process\.env/.test(text))
      .map(([file]) => file);
    expect(found).toEqual([]);
  });

  it("keeps time, timers and the network out of the core and the collectors", () => {
    const machine = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|(?<![.\w])setTimeout\(|(?<![.\w])setInterval\(|(?<![.\w])fetch\(/;
    const found = [...texts]
      .filter(([file, text]) => !isTest(file) && starts(file, ...PURE, "collectors/") && machine.test(text))
      .map(([file]) => file)
      // The one place that really opens connections.
      .filter((file) => !file.startsWith("collectors/shared/"));
    expect(found).toEqual([]);
  });

  it("keeps vendor words in collectors", () => {
    const vendor =
      /\b(envoy|istio|istiod|virtualservice|destinationrule|config_dump|service-splitter|weighted_clusters?|kubernetes|jaeger|zipkin)\b/i;
    const found = [...texts]
      .filter(
        ([file, text]) =>
          !isTest(file) && starts(file, ...PURE, "lib/contract/", "lib/client/", "components/", "app/") && vendor.test(text),
      )
      .map(([file]) => file);
    expect(found).toEqual([]);
  });

  it("keeps files small", () => {
    const large = [...texts].filter(([file, text]) => !isTest(file) && text.split("\n").length > 401).map(([file]) => file);
    expect(large).toEqual([]);
  });

  it("names files in kebab case, and none after what it is not", () => {
    const odd = files.filter((file) => !/^[a-z0-9.-]+\.tsx?$/.test(file.split("/").at(-1) ?? ""));
    expect(odd).toEqual([]);
    expect(files.filter((file) => /\/(utils?|helpers?|common|misc)(\.|\/)/.test(file))).toEqual([]);
  });
});

/** The first cycle found, as a path that ends where it began; empty when there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return [];
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle.length > 0) return cycle;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle.length > 0) return cycle.map((one) => relative(ROOT, join(ROOT, one)));
  }
  return [];
}
