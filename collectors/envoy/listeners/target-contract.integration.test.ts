import { describeDemandTarget } from "#lib/testing/demand-target-contract.ts";

import { mountableFs } from "../files/testing/failing-fs.ts";
import { startListenerMesh } from "./testing/test-mesh.ts";

describeDemandTarget("Envoy listener files", async () => {
  const mesh = await startListenerMesh(["ledger-1", "ledger-2"]);
  const { fs, mountReadOnly } = mountableFs();
  let edits = 0;
  return {
    target: mesh.target({ fs }),
    objectId: "listeners:ledger.yaml#inbound",
    workload: "payments/ledger",
    text: () => mesh.text(),
    async editAsSomebodyElse() {
      edits += 1;
      const text = await mesh.text();
      await mesh.replace(text.replace(/version_info: .*/, 'version_info: "by-hand"').replace("# What ledger", `# ${edits}: what ledger`));
    },
    async refuseWrites() {
      mountReadOnly();
    },
    async loseProxy() {
      await mesh.kill("ledger-2");
      return "ledger-2";
    },
    close: () => mesh.close(),
  };
});
