import { describeTopologySource } from "#lib/testing/topology-source-contract.ts";

import { json } from "./testing/fake-admin.ts";
import { createFakeMesh } from "./testing/fake-mesh.ts";

const SECRET = "S3CR3T-1";

describeTopologySource("the Envoy collector", async () => {
  const mesh = await createFakeMesh(["gateway-v1-0.shop", "payments-v1-0.payments", "ledger-v1-0.payments"]);
  const planted = { name: "planted", metadata: { filter_metadata: { own: { access_token: SECRET, note: `Bearer ${SECRET}` } } } };
  mesh.admin("payments-v1-0.payments").instead.set("/config_dump", (response) => {
    const url = response.req.url ?? "";
    if (url.includes("mask=last_updated"))
      return json({
        configs: [{ "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump", last_updated: "2026-11-21T14:00:00.000Z" }],
      })(response);
    return json({ configs: url.includes("resource=static_clusters") ? [{ cluster: planted }] : [] })(response);
  });
  mesh.source.start();
  return {
    source: mesh.source,
    proxyId: "payments-v1-0.payments",
    plantedSecret: SECRET,
    async loseProxy() {
      await mesh.admin("ledger-v1-0.payments").close();
      return "ledger-v1-0.payments";
    },
    close: () => mesh.close(),
  };
});
