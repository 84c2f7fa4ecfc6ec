import { expect, test } from "vitest";

import type { HealthStatus } from "#lib/model/graph.ts";
import { parseNodeId } from "#lib/model/ids.ts";

import { countedServices, countHealth } from "./counted-services.ts";

const node = (id: string, status: HealthStatus) => ({ ...parseNodeId(id), health: { status, reasons: [] } });

/** What the map of payments draws: its services, and who is at the other end of their edges. */
const NODES = [
  node("internet", "unknown"),
  node("payments/ledger", "healthy"),
  node("payments/payments", "degraded"),
  node("shop/checkout", "unknown"),
  node("external/card-network", "failing"),
  node("unknown/legacy-report", "unknown"),
];

test("callers outside the mesh are no service; everybody else counts once", () => {
  expect(countHealth(countedServices(NODES, []))).toEqual({ failing: 1, degraded: 1, unknown: 2, healthy: 1 });
});

test("with namespaces chosen their services count, and peers of none, but no service of another", () => {
  const counted = countedServices(NODES, ["payments"]);
  expect(counted.map(({ service }) => service)).toEqual(["ledger", "payments", "card-network", "legacy-report"]);
  expect(countHealth(counted)).toEqual({ failing: 1, degraded: 1, unknown: 1, healthy: 1 });
});
