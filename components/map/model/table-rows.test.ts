import { expect, it } from "vitest";

import { demoMesh } from "../testing/mesh.ts";
import { parseFind } from "./find.ts";
import { edgeRows, nodeRows } from "./table-rows.ts";
import { lockOf, tlsWords } from "./transport.ts";

const mesh = demoMesh();

it("holds every node and edge of the graph when nothing is looked for", () => {
  expect(nodeRows(mesh, parseFind("")).map((row) => row.id)).toEqual(mesh.nodes.map((node) => node.id));
  expect(edgeRows(mesh, parseFind("")).map((row) => row.id)).toEqual(mesh.edges.map((edge) => edge.id));
});

it("leaves what the find text leaves", () => {
  expect(nodeRows(mesh, parseFind("status:degraded")).map((row) => row.name)).toEqual(["reviews", "card-network"]);
  expect(edgeRows(mesh, parseFind("mtls:plaintext")).map((row) => [row.source, row.target])).toEqual([["legacy-report", "ledger"]]);
});

it("finds by the lock, and carries it along", () => {
  const rows = edgeRows(mesh, parseFind("mtls:plaintext"));
  expect(rows.map((row) => [lockOf(row.tls), tlsWords(row.tls)])).toEqual([["plaintext", "plaintext"]]);
});

it("keeps what is not known as not known", () => {
  const row = nodeRows(mesh, parseFind("legacy")).at(0);
  expect(row).toMatchObject({ rate: null, errorRatio: null, p95Ms: null, proxies: null });
});
