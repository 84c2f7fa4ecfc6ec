import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createProxyDirectory } from "./directory.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proxies-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const put = (name: string, content: unknown): Promise<void> =>
  writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));

describe("the directory of proxies", () => {
  it("follows proxies that come and go", async () => {
    const directory = createProxyDirectory(folder);
    expect(await directory.read()).toEqual({ proxies: [], findings: [], isReadable: true });

    await put("a.json", { id: "a", admin: "http://127.0.0.1:9901" });
    await put("b.json", { id: "b", admin: "http://127.0.0.1:9902/", knownAddresses: { "127.0.1.12": { service: "legacy-report" } } });
    await put(".b.json.tmp", "half");
    const both = await directory.read();
    expect(both.proxies).toEqual([
      { id: "a", address: "http://127.0.0.1:9901", knownAddresses: {}, file: "a.json" },
      {
        id: "b",
        address: "http://127.0.0.1:9902",
        knownAddresses: { "127.0.1.12": { service: "legacy-report", namespace: null } },
        file: "b.json",
      },
    ]);

    await rm(join(folder, "a.json"));
    expect((await directory.read()).proxies.map((proxy) => proxy.id)).toEqual(["b"]);
  });

  it("takes a changed file anew", async () => {
    const directory = createProxyDirectory(folder);
    await put("a.json", { id: "a", admin: "http://127.0.0.1:9901" });
    await directory.read();
    await put("a.json", { id: "a", admin: "http://127.0.0.1:19901" });
    expect((await directory.read()).proxies[0]?.address).toBe("http://127.0.0.1:19901");
  });

  it("says that the directory does not exist, and finds it when it comes", async () => {
    const path = join(folder, "later");
    const directory = createProxyDirectory(path);
    const missing = await directory.read();
    expect(missing.isReadable).toBe(false);
    expect(missing.findings).toEqual([
      {
        subject: path,
        field: null,
        text: `The directory ${path} does not exist.`,
        mend: "Make the directory, with one JSON file per proxy, or correct its path in the configuration.",
      },
    ]);
    await mkdir(path);
    expect(await directory.read()).toEqual({ proxies: [], findings: [], isReadable: true });
  });

  it("keeps the proxies it knew while the directory is away", async () => {
    const directory = createProxyDirectory(folder);
    await put("a.json", { id: "a", admin: "http://127.0.0.1:9901" });
    await directory.read();
    await rm(folder, { recursive: true });
    const reading = await directory.read();
    expect(reading.isReadable).toBe(false);
    expect(reading.proxies.map((proxy) => proxy.id)).toEqual(["a"]);
  });

  it.each([
    ["not JSON", "{", null, "bad.json: it is not JSON. The proxy it stands for is not read."],
    ["an empty file", "", null, "bad.json: it is not JSON. The proxy it stands for is not read."],
    ["a list", "[]", null, "bad.json: Invalid input: expected object, received array. The proxy it stands for is not read."],
    [
      "no id",
      { admin: "http://127.0.0.1:1" },
      "id",
      "bad.json, field id: Invalid input: expected string, received undefined. The proxy it stands for is not read.",
    ],
    [
      "a direction mark in the id",
      { id: "a\u202eb", admin: "http://127.0.0.1:1" },
      "id",
      "bad.json, field id: it holds a mark that cannot be seen. The proxy it stands for is not read.",
    ],
    [
      "a newline in the id",
      { id: "a\nb", admin: "http://127.0.0.1:1" },
      "id",
      "bad.json, field id: it holds a mark that cannot be seen. The proxy it stands for is not read.",
    ],
    [
      "another scheme",
      { id: "a", admin: "file:///etc/passwd" },
      "admin",
      'bad.json, field admin: "file:///etc/passwd" is not an address like http://127.0.0.1:9901. The proxy it stands for is not read.',
    ],
    [
      "a path in the address",
      { id: "a", admin: "http://127.0.0.1:1/quitquitquit" },
      "admin",
      'bad.json, field admin: "http://127.0.0.1:1/quitquitquit" is not an address like http://127.0.0.1:9901. The proxy it stands for is not read.',
    ],
    [
      "a password in the address, which is not repeated",
      { id: "a", admin: "http://u:p@127.0.0.1:1" },
      "admin",
      "bad.json, field admin: a name or password in an address is not accepted. The proxy it stands for is not read.",
    ],
  ])("names the file, the field and the mend for %s", async (_case, content, field, text) => {
    await put("bad.json", content);
    await put("good.json", { id: "good", admin: "http://127.0.0.1:2" });
    const reading = await createProxyDirectory(folder).read();
    expect(reading.proxies.map((proxy) => proxy.id)).toEqual(["good"]);
    expect(reading.findings).toEqual([
      { subject: "bad.json", field, text, mend: 'Write it like { "id": "<node.id>", "admin": "http://127.0.0.1:9901" }.' },
    ]);
  });

  it("uses the last good content of a file that turned bad", async () => {
    const directory = createProxyDirectory(folder);
    await put("a.json", { id: "a", admin: "http://127.0.0.1:9901" });
    await directory.read();
    await put("a.json", '{ "id": "a", "ad');
    const reading = await directory.read();
    expect(reading.proxies.map((proxy) => proxy.id)).toEqual(["a"]);
    expect(reading.findings[0]?.text).toBe("a.json: it is not JSON. Its last good content is used.");
    await put("a.json", { id: "a", admin: "http://127.0.0.1:9901" });
    expect((await directory.read()).findings).toEqual([]);
  });

  it("refuses a second file with the same id", async () => {
    await put("a.json", { id: "a", admin: "http://127.0.0.1:1" });
    await put("copy.json", { id: "a", admin: "http://127.0.0.1:2" });
    const reading = await createProxyDirectory(folder).read();
    expect(reading.proxies.map((proxy) => proxy.address)).toEqual(["http://127.0.0.1:1"]);
    expect(reading.findings[0]?.text).toBe('copy.json, field id: "a" is already the proxy of a.json. This file is not read.');
  });
});
