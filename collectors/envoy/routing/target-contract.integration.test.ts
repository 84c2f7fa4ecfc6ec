import { readFile, rename, writeFile } from "node:fs/promises";

import { describeRoutingTarget } from "#lib/testing/routing-target-contract.ts";

import { mountableFs } from "../files/testing/failing-fs.ts";
import { REVIEWS_RULE, V1, V2 } from "./testing/route-texts.ts";
import { startTestMesh } from "./testing/test-mesh.ts";

describeRoutingTarget("Envoy route files", async () => {
  const mesh = await startTestMesh({ callers: ["caller-1", "caller-2"] });
  const { fs, mountReadOnly } = mountableFs();
  return {
    target: mesh.target({ fs }),
    routeId: "envoy:reviews.yaml",
    ruleId: REVIEWS_RULE,
    legIds: [V1, V2],
    text: () => readFile(mesh.routeFile, "utf8"),
    async editAsSomebodyElse() {
      const text = await readFile(mesh.routeFile, "utf8");
      await writeFile(
        `${mesh.routeFile}.new`,
        text.replace(/version_info: .*/, 'version_info: "by-hand"').replace(/weight: \d+ }\n/, "weight: 42 }\n"),
      );
      await rename(`${mesh.routeFile}.new`, mesh.routeFile);
    },
    async refuseWrites() {
      mountReadOnly();
    },
    async loseProxy() {
      await mesh.kill("caller-2");
      return "caller-2";
    },
    close: () => mesh.close(),
  };
});
