import "reflect-metadata";

import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

/** A certificate for 127.0.0.1 that vouches for itself, and its key, in PEM. */
export async function selfSigned(validity: "valid" | "expired"): Promise<{ cert: string; key: string }> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const endsInMs = validity === "valid" ? 3_600_000 : -60_000;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=store",
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + endsInMs),
      signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
      keys,
      extensions: [new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])],
    },
    crypto,
  );
  const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return { cert: certificate.toString("pem"), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n` };
}
