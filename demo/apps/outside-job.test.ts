import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { createAuthority } from "../certificates/authority.ts";
import { foreignLeaf, serviceLeaf } from "../certificates/leaves.ts";
import { ALWAYS, type EdgeRow } from "../ledger/edges.ts";
import { LEGACY_REPORT, ROGUE_JOB, serviceNamed } from "../mesh/services.ts";
import type { OutsideJob } from "./messages.ts";
import { outsideJob } from "./outside-job.ts";
import { createRuntime, type Runtime } from "./runtime.ts";
import { NO_SPANS } from "./spans.ts";

const ADDRESS = "127.0.0.1";
const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((done) => void server.listen(0, ADDRESS, done));
  const { port }: AddressInfo = Object(server.address());
  return port;
}

/** What the ledger says after `calls` calls, one after the other. */
async function rowAfter(job: OutsideJob, calls = 1): Promise<EdgeRow | undefined> {
  const runtime: Runtime = createRuntime(1, NO_SPANS);
  const call = outsideJob(runtime, job);
  for (let index = 0; index < calls; index += 1) {
    call(index);
    await expect.poll(() => runtime.inFlight, { interval: 5 }).toBe(0);
  }
  return runtime.tally.rows(ALWAYS)[0];
}

const plain = (port: number): OutsideJob => ({ job: LEGACY_REPORT, port, address: ADDRESS, pair: null });

describe("outsideJob in plaintext", () => {
  it("counts a signed answer as arrived, and says who calls", async () => {
    const seen: unknown[] = [];
    const port = await listening(
      createServer(({ headers }, response) => {
        seen.push(headers["x-demo-caller"]);
        response.writeHead(200, { "x-demo-app": "ledger@v1" }).end("{}");
      }),
    );
    expect(await rowAfter(plain(port), 2)).toMatchObject({
      source: "legacy-report",
      target: "ledger",
      sent: 2,
      sentErrors: 0,
      neverArrived: 0,
      refused: 0,
      denied: 0,
    });
    expect(seen).toEqual(["legacy-report", "legacy-report"]);
  });

  it.each([
    [403, { sentErrors: 0, neverArrived: 0, denied: 1 }],
    [503, { sentErrors: 1, neverArrived: 1, denied: 0 }],
  ])("takes an unsigned %i for the proxy's own", async (status, expected) => {
    const port = await listening(createServer((_, response) => void response.writeHead(status).end()));
    expect(await rowAfter(plain(port))).toMatchObject({ sent: 1, refused: 0, ...expected });
  });

  it("tells a connection that was ended unanswered from one where nobody listens", async () => {
    const port = await listening(createServer((request) => request.socket.destroy()));
    expect(await rowAfter(plain(port))).toMatchObject({ sent: 1, sentErrors: 1, neverArrived: 1, refused: 1 });
    const gone = await listening(createServer());
    await new Promise((done) => void open.pop()?.close(done));
    expect(await rowAfter(plain(gone))).toMatchObject({ sent: 1, sentErrors: 1, neverArrived: 1, refused: 0 });
  });

  it("does not say of a call on a used connection that it never arrived", async () => {
    let calls = 0;
    const port = await listening(
      createServer((request, response) => {
        calls += 1;
        if (calls === 2) request.socket.destroy();
        else response.writeHead(200, { "x-demo-app": "ledger@v1" }).end();
      }),
    );
    expect(await rowAfter(plain(port), 2)).toMatchObject({ sent: 2, sentErrors: 1, neverArrived: 0, refused: 0 });
  });
});

describe("outsideJob with a certificate", async () => {
  const authority = await createAuthority();
  const server = await authority.issue(serviceLeaf(serviceNamed("ledger"), "valid"));
  const stranger = await authority.issue(foreignLeaf(ROGUE_JOB));
  const own = { cert: server.certificate, key: server.privateKey };

  it("counts as refused when the server does not take it, although its own handshake was good", async () => {
    // A server that trusts another authority: it asks for a certificate and takes none that we have.
    const other = await createAuthority();
    const options = { ...own, ca: other.certificate, requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" } as const;
    const port = await listening(createTlsServer(options, (_, response) => void response.end()));
    expect(await rowAfter({ job: ROGUE_JOB, port, address: ADDRESS, pair: stranger }, 2)).toMatchObject({
      source: "rogue-job",
      sent: 2,
      sentErrors: 2,
      neverArrived: 2,
      refused: 2,
    });
  });

  it("would count as arrived if it were let in", async () => {
    const options = { ...own, ca: authority.certificate, requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" } as const;
    const port = await listening(
      createTlsServer(options, (_, response) => void response.writeHead(200, { "x-demo-app": "ledger@v1" }).end()),
    );
    expect(await rowAfter({ job: ROGUE_JOB, port, address: ADDRESS, pair: stranger })).toMatchObject({
      sent: 1,
      sentErrors: 0,
      neverArrived: 0,
      refused: 0,
    });
  });
});
