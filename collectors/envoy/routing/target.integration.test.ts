import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { DraftAnswer, RoutingTarget } from "#lib/ports/routing-target.ts";
import type { PreparedWrite } from "#lib/ports/write-target.ts";
import { valueOf } from "#lib/testing/results.ts";

import { readDump } from "./ask-proxies.ts";
import { revisionOf } from "../files/config-folder.ts";
import { apply, untilProven } from "../files/testing/proving.ts";
import { REVIEWS_RULE, REVIEWS_YAML, V1, V2 } from "./testing/route-texts.ts";
import { startTestMesh, type TestMesh, type TestMeshOptions } from "./testing/test-mesh.ts";

let mesh: TestMesh;

afterEach(async () => {
  await mesh.close();
});

async function open(options: Partial<TestMeshOptions> = {}): Promise<RoutingTarget> {
  mesh = await startTestMesh({ callers: ["a"], ...options });
  return mesh.target();
}

async function prepare(target: RoutingTarget, first: number, second: number, marker = "weft-1"): Promise<DraftAnswer> {
  const routeId = valueOf(await target.routes()).value[0]?.id ?? "";
  return valueOf(await target.prepare({ routeId, ruleId: REVIEWS_RULE, weights: { [V1]: first, [V2]: second }, marker }));
}

/** The same write with another new text, as if a check had let it through. */
function withText(write: PreparedWrite, after: string): PreparedWrite {
  return { ...write, after, revisionAfter: revisionOf(after) };
}

function weightsOf({ expects }: PreparedWrite): Readonly<Record<string, number>> | null {
  return expects.kind === "weights" ? expects.weights : null;
}

async function expectInForce(id: string, write: PreparedWrite): Promise<void> {
  const [entry] = valueOf(await readDump(mesh.admin(id), "reviews"));
  const legs = entry?.config.virtual_hosts[0]?.routes[0]?.route?.weighted_clusters?.clusters.map((leg) => [leg.name, leg.weight]);
  expect([entry?.version, Object.fromEntries(legs ?? [])]).toEqual([write.marker, weightsOf(write)]);
}

describe("a change on real Envoys", () => {
  it("is tried on Envoy itself before, and proven by the proxies' own dumps after", async () => {
    const target = await open({ callers: ["a", "b", "c"] });
    const { write, checks } = await prepare(target, 100, 0);
    expect(checks.map((check) => check.level)).toEqual(["pass", "pass", "pass", "pass", "pass", "pass", "pass"]);
    expect(checks.find((check) => check.code === "dry-run")?.text).toMatch(/^Envoy dry run passed in \d+ ms$/);
    const baseline = await apply(target, write);
    const proofs = await untilProven(target, write, baseline, { a: "live", b: "live", c: "live" });
    expect(proofs.map((proof) => proof.revision)).toEqual(["weft-1", "weft-1", "weft-1"]);
  });

  it("is proven on proxies whose listeners come from a file too", async () => {
    const target = await open({ hasListenerFiles: true });
    const { write } = await prepare(target, 100, 0);
    expect(write.proxies).toEqual(["a"]);
    await untilProven(target, write, await apply(target, write), { a: "live" });
  });

  it.each<[string, (text: string) => string, string, RegExp]>([
    [
      "a target that no proxy knows",
      (text) => text.replaceAll("|v2|", "|v9|"),
      "update_rejected rose by 1",
      /A dry run says: route: unknown weighted cluster 'outbound\|9080\|v9\|reviews'$/,
    ],
    [
      "a weight that is a word",
      (text) => text.replace("weight: 60", "weight: much"),
      "update_failure rose by 1",
      /A dry run says: .*weight/,
    ],
    [
      "weights of 0",
      (text) => text.replace("weight: 60", "weight: 0").replace("weight: 40", "weight: 0"),
      "update_rejected rose by 1",
      /A dry run says: Sum of weights/,
    ],
    [
      "a broken file",
      (text) => text.slice(0, text.indexOf(', "reviews:*"')),
      "update_failure rose by 1",
      /A dry run says: The file is not valid YAML: line 9/,
    ],
  ])("with %s is told as refused at once, and the old file put back holds", async (_, spoil, counters, hint) => {
    const target = await open();
    const good = (await prepare(target, 60, 40)).write;
    const bad = withText(good, spoil(good.after));
    expect(bad.after).not.toBe(good.after);
    const baseline = await apply(target, bad);
    const [proof] = await untilProven(target, bad, baseline, { a: "rejected" });
    expect(proof?.reason).toContain(`It refused the new file (${counters}) and keeps what it had; the reason stands in its own log.`);
    expect(proof?.reason).toMatch(hint);
    expect(proof?.revision).toBe("1");
    valueOf(await target.restore(bad));
    expect(await readFile(mesh.routeFile, "utf8")).toBe(REVIEWS_YAML);
    const next = (await prepare(target, 60, 40, "weft-2")).write;
    await untilProven(target, next, await apply(target, next), { a: "live" });
  });

  it("is refused by its checks when a proxy does not know a target, in Envoy's own words", async () => {
    const target = await open({ clusters: { [V1]: 1 } });
    const { checks } = await prepare(target, 50, 50);
    expect(checks.filter((check) => check.level === "fail").map((check) => check.text)).toEqual([
      "v2 is not known to a as outbound|9080|v2|reviews; they would refuse the whole file",
      "Envoy's dry run refused the file: route: unknown weighted cluster 'outbound|9080|v2|reviews'",
    ]);
  });

  it("warns of a field that Envoy does not know, which it leaves out and takes the rest", async () => {
    const target = await open({ text: REVIEWS_YAML.replace("timeout: 5s", "timeout: 5s\n              speed: fast") });
    const { write, checks } = await prepare(target, 50, 50);
    expect(checks.filter((check) => check.level === "warn").map((check) => check.text.replace(/\d+ ms/, "n ms"))).toEqual([
      expect.stringMatching(/^Envoy dry run passed in n ms, but only by leaving out what it does not know: .*'speed'.*has unknown fields$/),
    ]);
    await untilProven(target, write, await apply(target, write), { a: "live" });
  });

  it("is refused by its checks when the leg has no endpoint", async () => {
    const target = await open({ clusters: { [V1]: 2, [V2]: 0 } });
    const { checks } = await prepare(target, 50, 50);
    expect(checks.filter((check) => check.level === "fail").map((check) => check.text)).toEqual([
      "v2 has 0 of 0 ready endpoints; calls to it would fail",
    ]);
  });

  it("does not touch a file that somebody edited in place, which the proxies have not even seen", async () => {
    const target = await open();
    const { write } = await prepare(target, 100, 0);
    const theirs = REVIEWS_YAML.replace("weight: 90", "weight: 80").replace("weight: 10 }", "weight: 20 }");
    await writeFile(mesh.routeFile, theirs);
    const result = await target.apply(write);
    expect(result.ok ? null : result.error.code).toBe("CONFLICT");
    expect(await readFile(mesh.routeFile, "utf8")).toBe(theirs);
    const standing = valueOf(await target.standing(write));
    const changed =
      standing.at === "foreign"
        ? standing.diff?.hunks.flatMap((hunk) => hunk.lines.filter((line) => line.kind === "added").map((line) => line.text.trim()))
        : null;
    expect(changed).toEqual([
      '- { name: "outbound|9080|v1|reviews", weight: 80 }',
      '- { name: "outbound|9080|v2|reviews", weight: 20 } # candidate, raise in steps',
    ]);
    const again = await prepare(target, 100, 0, "weft-2");
    expect(again.checks.find((check) => check.code === "in-step")?.text).toBe(
      "a does not run what routes/reviews.yaml says now. Its version 1 has outbound|9080|v1|reviews 90, outbound|9080|v2|reviews 10.",
    );
    await untilProven(target, again.write, await apply(target, again.write), { a: "live" });
  });

  it("names a proxy that is killed in the middle of it, and proves it after its restart", async () => {
    const target = await open({ callers: ["a", "b"] });
    const { write } = await prepare(target, 70, 30);
    const baseline = await target.baseline(write);
    await mesh.kill("b");
    valueOf(await target.apply(write));
    const proofs = await untilProven(target, write, baseline, { a: "live", b: "unreachable" });
    expect(proofs[1]?.reason).toMatch(/^Nothing listens at its admin address: the proxy is not running\./);
    await mesh.start("b");
    await untilProven(target, write, baseline, { a: "live", b: "live" });
  });

  it("does not wait for a frozen proxy, and proves it when it thaws", async () => {
    const target = await open({ callers: ["a", "b"] });
    const { write } = await prepare(target, 70, 30);
    mesh.signal("b", "SIGSTOP");
    const baseline = await apply(target, write);
    expect(baseline["b"]).toBeNull();
    const proofs = await untilProven(target, write, baseline, { a: "live", b: "unreachable" });
    expect(proofs[1]?.reason).toMatch(/^It does not answer: it may be frozen, overloaded or cut off\./);
    const startedAt = performance.now();
    await target.verify(write, baseline);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    mesh.signal("b", "SIGCONT");
    await untilProven(target, write, baseline, { a: "live", b: "live" });
  });

  it("tells a refusal by a proxy that restarted on the bad file, though its counters start again", async () => {
    const target = await open();
    const first = (await prepare(target, 60, 40)).write;
    const bad = withText(first, first.after.replaceAll("|v2|", "|v9|"));
    await untilProven(target, bad, await apply(target, bad), { a: "rejected" });
    valueOf(await target.restore(bad));
    // The proxy has refused once by now; after its restart it will have refused once again.
    const second = (await prepare(target, 60, 40, "weft-2")).write;
    const worse = withText(second, second.after.replaceAll("|v2|", "|v9|"));
    const baseline = await target.baseline(worse);
    expect(baseline["a"]).toMatchObject({ rejected: 1, failed: 0 });
    await mesh.kill("a");
    valueOf(await target.apply(worse));
    await mesh.start("a");
    const [proof] = await untilProven(target, worse, baseline, { a: "rejected" });
    expect(proof?.revision).toBeNull();
  });

  it("never takes a proxy for live that is not, over twenty changes with refusals and restarts among them", async () => {
    const target = await open({ callers: ["a", "b"] });
    for (let round = 1; round <= 20; round += 1) {
      const marker = `weft-${round}`;
      const good = (await prepare(target, (round * 37) % 101, 1 + ((round * 53) % 97), marker)).write;
      const write = round % 5 === 0 ? withText(good, good.after.replaceAll("|v2|", "|v9|")) : good;
      const baseline = await apply(target, write);
      if (round % 7 === 0) {
        await mesh.kill("b");
        await mesh.start("b");
      }
      const proofs = await vi.waitFor(
        async () => {
          const asked = await target.verify(write, baseline);
          for (const proof of asked.filter((one) => one.state === "live")) await expectInForce(proof.id, write);
          expect(asked.every((proof) => proof.state === "live" || proof.state === "rejected")).toBe(true);
          return asked;
        },
        { timeout: 15_000, interval: 10 },
      );
      expect(new Set(proofs.map((proof) => proof.state))).toEqual(new Set([round % 5 === 0 ? "rejected" : "live"]));
      if (round % 5 === 0) valueOf(await target.restore(write));
    }
  });
});

describe("files in other manners", () => {
  const json = JSON.stringify({
    resources: [
      {
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        name: "reviews",
        virtual_hosts: [
          {
            name: "reviews",
            domains: ["*"],
            routes: [
              {
                name: "main",
                match: { prefix: "/" },
                route: {
                  weighted_clusters: {
                    clusters: [
                      { name: V1, weight: 1 },
                      { name: V2, weight: 999 },
                    ],
                  },
                },
              },
            ],
          },
        ],
      },
    ],
  });

  it.each<[string, string, string]>([
    ["Windows line ends", "reviews.yaml", REVIEWS_YAML.replaceAll("\n", "\r\n")],
    ["a byte order mark", "reviews.yaml", `\uFEFF${REVIEWS_YAML}`],
    ["no version", "reviews.yaml", REVIEWS_YAML.replace('version_info: "1"\n', "")],
    ["a version by number", "reviews.yml", REVIEWS_YAML.replace('version_info: "1"', "version_info: abc")],
    [
      "anchors that touch no weight",
      "reviews.yaml",
      REVIEWS_YAML.replace("timeout: 5s", "timeout: &t 5s").replace("num_retries: 1", "num_retries: 1, per_try_timeout: *t"),
    ],
    ["JSON without a version", "reviews.json", json],
    ["JSON in lines", "reviews.json", JSON.stringify(JSON.parse(json), null, 4)],
  ])("are edited and proven: %s", async (_, fileName, text) => {
    const target = await open({ fileName, text });
    const { write } = await prepare(target, 250, 750);
    await untilProven(target, write, await apply(target, write), { a: "live" });
    valueOf(await target.restore(write));
    expect(await readFile(mesh.routeFile, "utf8")).toBe(text);
  });

  it("are proven and refused under a name that statistics and patterns would misread", async () => {
    const routeName = 'http://rev.iews:9080/x+(y)|[z]\\ "q" é';
    const text = REVIEWS_YAML.replace("    name: reviews\n", `    name: ${JSON.stringify(routeName)}\n`);
    const target = await open({ text, routeName });
    const { write } = await prepare(target, 70, 30);
    await untilProven(target, write, await apply(target, write), { a: "live" });
    const next = (await prepare(target, 60, 40, "weft-2")).write;
    const bad = withText(next, next.after.replaceAll("|v2|", "|v9|"));
    await untilProven(target, bad, await apply(target, bad), { a: "rejected" });
  });

  it("are edited and proven: twenty legs with a total of 1000", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `outbound|9080|v${index}|reviews`);
    const legs = names.map((name) => `                  - { name: "${name}", weight: 50 }`).join("\n");
    const text = REVIEWS_YAML.replace(/ {18}- \{ name[\s\S]*$/, `${legs}\n`);
    const target = await open({ text, clusters: Object.fromEntries(names.map((name) => [name, 1])) });
    const weights = Object.fromEntries(names.map((name, index) => [name, index < 10 ? 100 : 0]));
    const { write, checks } = valueOf(
      await target.prepare({ routeId: "envoy:reviews.yaml", ruleId: REVIEWS_RULE, weights, marker: "weft-1" }),
    );
    expect(checks[0]?.text).toBe("Weights are whole and sum to 1000, as before");
    await untilProven(target, write, await apply(target, write), { a: "live" });
  });
});

describe("what is remembered", () => {
  it("keeps a dead proxy among the affected after a restart of Weft, and Weft's own writing its own", async () => {
    mesh = await startTestMesh({ callers: ["a", "b"] });
    const memoryFile = join(mesh.folder, "memory.json");
    const before = mesh.target({ memoryFile });
    const first = (await prepare(before, 70, 30)).write;
    await untilProven(before, first, await apply(before, first), { a: "live", b: "live" });
    await mesh.kill("b");
    const after = mesh.target({ memoryFile });
    const { write, route } = await prepare(after, 60, 40, "weft-2");
    expect(write.proxies).toEqual(["a", "b"]);
    expect(route).toMatchObject({ owner: { kind: "weft" }, target: "reviews/reviews" });
    await untilProven(after, write, await apply(after, write), { a: "live", b: "unreachable" });
  });

  it("takes a rename by another tool for what it is", async () => {
    const target = await open();
    const { write } = await prepare(target, 70, 30);
    await untilProven(target, write, await apply(target, write), { a: "live" });
    await writeFile(`${mesh.routeFile}.new`, write.after.replace("weight: 70", "weight: 71"));
    await rename(`${mesh.routeFile}.new`, mesh.routeFile);
    const baseline = await target.baseline(write);
    const [proof] = await untilProven(target, write, baseline, { a: "pending" });
    expect(proof?.reason).toBe("It runs version weft-1, but with other weights.");
    expect(valueOf(await target.route(write.objectId)).value.owner.kind).toBe("human");
  });
});
