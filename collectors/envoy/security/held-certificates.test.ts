import { describe, expect, it } from "vitest";

import { CertsAnswer, SecretsAnswer, type CertificateEntry, type SecretElement } from "../admin/wire.ts";
import { createTestAuthority } from "../testing/authority.ts";
import { recordedAnswers } from "../testing/recorded.ts";
import { heldCertificates } from "./held-certificates.ts";

const answers = recordedAnswers("ledger-secured.payments");
const MASKED = "/config_dump?resource=dynamic_active_secrets&mask=name,secret.name,secret.tls_certificate.certificate_chain";
const recordedCerts = CertsAnswer.parse(answers["/certs"]).certificates;
const recordedSecrets = SecretsAnswer.parse(answers[MASKED]).configs;

function entry(details: object, more: object = {}): CertificateEntry[] {
  return CertsAnswer.parse({ certificates: [{ cert_chain: [{ serial_number: "0a", ...details }], ...more }] }).certificates;
}

function secret(source: object): SecretElement[] {
  return SecretsAnswer.parse({ configs: [{ name: "workload", secret: { tls_certificate: { certificate_chain: source } } }] }).configs;
}

describe("the certificates of the recorded ledger", () => {
  it("have subject, issuer and secret from its chain, and each stands once", () => {
    expect(heldCertificates(recordedCerts, recordedSecrets)).toMatchObject([
      {
        role: "workload",
        secret: "workload",
        subject: "CN=ledger",
        issuer: "CN=Demo mesh CA",
        identities: [
          { uri: "spiffe://demo.mesh/ns/payments/sa/ledger", trustDomain: "demo.mesh", namespace: "payments", account: "ledger" },
        ],
      },
      { role: "authority", secret: null, subject: null, issuer: null, names: [] },
    ]);
  });

  it("lack these where the chains are not told", () => {
    expect(heldCertificates(recordedCerts, [])[0]).toMatchObject({ secret: null, subject: null, issuer: null });
  });
});

describe("a certificate", () => {
  it.each([
    ["not-a-date", null],
    ["275760-09-13T00:00:00Z", null],
    ["+099999-01-01T00:00:00Z", null],
    ["-000001-01-01T00:00:00Z", null],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"],
    ["1950-01-01T00:00:00Z", "1950-01-01T00:00:00.000Z"],
  ])("that ends at %s", (expiration_time, expiresAt) => {
    expect(heldCertificates(entry({ expiration_time }), [])[0]).toMatchObject({ validFrom: null, expiresAt });
  });

  it("without names has none", () => {
    expect(heldCertificates(entry({ subject_alt_names: [] }), [])[0]).toMatchObject({ names: [], identities: [] });
  });

  it("with a hundred names is named shortly", () => {
    const names = Array.from({ length: 100 }, (_, index) => ({ uri: `spiffe://mesh/ns/shop/sa/s${index}` }));
    const [held] = heldCertificates(entry({ subject_alt_names: names }), []);
    expect([held?.names.length, held?.names.at(-1), held?.identities.length]).toEqual([21, "and 80 more", 20]);
  });

  it("with a URI that is no SPIFFE id is shown by it", () => {
    const names = [{ uri: "https://x/\u202ey" }, { dns: "a.b" }, { ip_address: "10.0.0.1" }];
    expect(heldCertificates(entry({ subject_alt_names: names }), [])[0]).toMatchObject({
      names: ["https://x/\\u{202e}y", "a.b", "10.0.0.1"],
      identities: [{ uri: "https://x/\\u{202e}y", trustDomain: null, namespace: null, account: null }],
    });
  });

  it("that signed itself is one certificate, and the workload's", () => {
    const held = heldCertificates(entry({}, { ca_cert: [{ serial_number: "0A" }] }), []);
    expect(held.map(({ role }) => role)).toEqual(["workload"]);
  });

  it("is joined whatever the case and the zeros of its number, in text or in bytes, with its key around it or not", async () => {
    const authority = await createTestAuthority("ca\u202e");
    const leaf = await authority.issue({ commonName: "web", names: [{ type: "dns", value: "web" }], serial: "0abc" });
    const bundle = `${leaf.privateKey}\n${leaf.certificate}\n${authority.certificate}`;
    for (const source of [{ inline_string: bundle }, { inline_bytes: Buffer.from(bundle).toString("base64") }]) {
      const [held] = heldCertificates(entry({ serial_number: "00ABC" }), secret(source));
      expect(held).toMatchObject({ secret: "workload", subject: "CN=web", issuer: "CN=ca\\u{202e}" });
      expect(JSON.stringify(held)).not.toContain("PRIVATE");
    }
  });

  it.each([
    ["nothing", {}],
    ["a file's name", { filename: "/x.pem" }],
    ["no PEM", { inline_string: "x" }],
    ["a broken PEM", { inline_string: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }],
  ])("whose chain is %s keeps the rest", (_case, source) => {
    expect(heldCertificates(entry({}), secret(source))[0]).toMatchObject({ serial: "0a", secret: null, subject: null, issuer: null });
  });
});
