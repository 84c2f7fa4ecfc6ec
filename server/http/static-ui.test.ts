import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openConsole, problemOf, type TestConsole } from "../testing/console.ts";

const HTML = { accept: "text/html" };

let folder: string;
let weft: TestConsole;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-ui-"));
  const files: Record<string, string> = {
    "ui/index.html": "<title>Map</title>",
    "ui/services.html": "<title>Services</title>",
    "ui/services/__next.txt": "payload",
    "ui/404.html": "<title>Nothing</title>",
    "ui/_next/static/chunks/app-1a2b.js": "1",
    "ui/favicon.svg": "<svg/>",
    "secret.txt": "secret",
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  weft = await openConsole({ uiDir: join(folder, "ui") });
});

afterEach(async () => {
  await weft.close();
  await rm(folder, { recursive: true, force: true });
});

describe("the pages", () => {
  it.each([
    ["/", "Map"],
    ["/?window=60s", "Map"],
    ["/services", "Services"],
    ["/services?namespace=shop&x=a?b", "Services"],
  ])("%s is %s, never kept without asking", async (url, title) => {
    const response = await weft.get(url, HTML);
    expect([response.statusCode, response.body]).toEqual([200, `<title>${title}</title>`]);
    expect(response.headers).toMatchObject({
      "content-type": expect.stringContaining("text/html"),
      "cache-control": "no-cache",
      "content-security-policy": expect.stringContaining("trusted-types"),
    });
  });

  it("come with a session of their own, once", async () => {
    const [cookie = ""] = [(await weft.get("/", HTML)).headers["set-cookie"]].flat();
    expect(cookie).toMatch(/^weft_test=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/);
    const kept = cookie.split(";")[0] ?? "";
    expect((await weft.get("/", { ...HTML, cookie: kept })).headers["set-cookie"]).toBeUndefined();
    expect((await weft.get("/favicon.svg")).headers["set-cookie"]).toBeUndefined();
    expect((await weft.get("/api/session")).headers["set-cookie"]).toBeUndefined();
  });

  it("have payloads of a kind of their own, and files that never change", async () => {
    expect((await weft.get("/services/__next.txt")).headers["content-type"]).toBe("text/x-component");
    expect((await weft.get("/_next/static/chunks/app-1a2b.js")).headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  it("end where there is none, with a page for people and a problem for programs", async () => {
    const page = await weft.get("/nowhere", HTML);
    expect([page.statusCode, page.body]).toEqual([404, "<title>Nothing</title>"]);
    expect(page.headers).toMatchObject({ "content-type": expect.stringContaining("text/html"), "x-frame-options": "DENY" });
    expect(problemOf(await weft.get("/nowhere"))).toMatchObject({ status: 404, mend: "See /api/openapi.json for what there is" });
    expect(problemOf(await weft.get("/api/nowhere", HTML))).toMatchObject({ status: 404 });
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/_next/../../secret.txt",
    "/services/..%5c..%5csecret.txt",
    "//secret.txt",
  ])("do not lead out of their folder: %s", async (url) => {
    const response = await weft.get(url);
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.body).not.toContain("secret\n");
    expect(response.body).not.toBe("secret");
  });
});

describe("without built pages", () => {
  it("says how to build them", async () => {
    const bare = await openConsole();
    expect(problemOf(await bare.get("/", HTML))).toMatchObject({
      status: 404,
      mend: "The console's pages are not built: run ./weft build",
    });
    await bare.close();
  });
});
