import { afterEach, describe, expect, it } from "vitest";

import { createFakeTraceSource } from "#lib/testing/fake-trace-source.ts";

import { openConsole, type TestConsole } from "../testing/console.ts";

let weft: TestConsole | null = null;
afterEach(() => weft?.close());

describe("a place outside that keeps traces", () => {
  it("stands among the sources with its state, and does not keep the console from being ready", async () => {
    const jaeger = createFakeTraceSource("jaeger");
    jaeger.set({ kind: "jaeger", state: "down", lastError: "jaeger: 127.0.0.1:1 refused the connection." });
    weft = await openConsole({ sources: { traces: [jaeger] } });
    const listed = (await weft.get("/api/sources")).json();
    expect(listed.value.items.map(({ id, state }: { id: string; state: string }) => [id, state])).toContainEqual(["jaeger", "down"]);
    expect(listed.coverage).toBe("partial");
    const ready = await weft.get("/readyz");
    expect(ready.statusCode).toBe(200);
    expect(ready.json().sources).toContainEqual(
      expect.objectContaining({ id: "jaeger", reason: "jaeger: 127.0.0.1:1 refused the connection." }),
    );
  });
});
