import { expect, it } from "vitest";

import { CertificateEntry, CertsAnswer } from "../admin/wire.ts";
import { recordedAnswers } from "../testing/recorded.ts";
import { certificatesOf } from "./certificates.ts";

it("lists a proxy's certificates once, though Envoy repeats them for each use", () => {
  const [entry] = CertsAnswer.parse(recordedAnswers("catalog-v1-1.shop")["/certs"]).certificates;
  if (entry === undefined) throw new Error("nothing was recorded");
  const certificates = certificatesOf([entry, entry, entry]);
  expect(certificates.map(({ role, names }) => [role, names])).toEqual([
    ["workload", ["catalog.shop.demo.mesh", "spiffe://demo.mesh/ns/shop/sa/catalog"]],
    ["authority", []],
  ]);
  for (const { serial, validFrom, expiresAt } of certificates) {
    expect(serial).toMatch(/^[0-9a-f]{16,}$/);
    expect(Date.parse(expiresAt ?? "")).toBeGreaterThan(Date.parse(validFrom ?? ""));
  }
});

it("does not make up times, and shows names as they can be seen", () => {
  const entry = CertificateEntry.parse({
    cert_chain: [{ serial_number: "1\n", valid_from: "soon", subject_alt_names: [{ dns: "a\u202eb" }, { ip_address: "10.0.0.1" }, {}] }],
  });
  expect(certificatesOf([entry])).toEqual([
    { serial: "1\\u{a}", role: "workload", names: ["a\\u{202e}b", "10.0.0.1"], validFrom: null, expiresAt: null },
  ]);
});
