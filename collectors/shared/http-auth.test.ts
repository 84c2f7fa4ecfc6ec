import { describe, expect, it } from "vitest";

import { authHeaders, type HttpIdentity } from "./http-auth.ts";

const FILES: Record<string, string> = {
  "/run/token": "s3cr3t-token\n",
  "/run/password": "hunter 2",
  "/run/empty": " \n",
  "/run/lines": "s3cr3t-one\ns3cr3t-two\n",
};

async function readText(path: string): Promise<string> {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return text;
}

const headersOf = (identity: HttpIdentity) => authHeaders("tempo", identity, readText);

describe("authHeaders", () => {
  it.each<[string, HttpIdentity, Record<string, string>]>([
    ["nothing", {}, {}],
    ["headers as they are, by lower-case name", { headers: { "X-Team": "a" } }, { "x-team": "a" }],
    ["a tenant", { tenant: "team-a" }, { "x-scope-orgid": "team-a" }],
    ["a tenant before a header of the same name", { tenant: "b", headers: { "X-Scope-OrgID": "a" } }, { "x-scope-orgid": "b" }],
    ["a token without its line end", { auth: { bearerTokenFile: "/run/token" } }, { authorization: "Bearer s3cr3t-token" }],
    [
      "a name and a password",
      { auth: { basic: { username: "weft", passwordFile: "/run/password" } } },
      { authorization: `Basic ${Buffer.from("weft:hunter 2").toString("base64")}` },
    ],
  ])("sends %s", async (_name, identity, expected) => {
    expect(await headersOf(identity)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ["/run/nothing", "The file /run/nothing, which identifies Weft to tempo, cannot be read (ENOENT)."],
    ["/run/empty", "The file /run/empty, which identifies Weft to tempo, is empty."],
    ["/run/lines", "The file /run/lines, which identifies Weft to tempo, holds more than one line or signs that no header may have."],
  ])("says what is wrong with %s and not what is in it", async (bearerTokenFile, message) => {
    const answer = await headersOf({ auth: { bearerTokenFile } });
    expect(answer).toMatchObject({ ok: false, error: { code: "SOURCE_REFUSED", message, sourceId: "tempo" } });
    expect(JSON.stringify(answer)).not.toContain("s3cr3t");
  });

  it("reads the file anew for every question", async () => {
    const identity = { auth: { bearerTokenFile: "/run/token" } };
    await headersOf(identity);
    FILES["/run/token"] = "renewed";
    expect(await headersOf(identity)).toEqual({ ok: true, value: { authorization: "Bearer renewed" } });
  });
});
