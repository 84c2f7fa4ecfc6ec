// tsyringe, below the library, refuses to load without this polyfill being there first.
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type JsonGeneralName,
} from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const HOUR_MS = 60 * 60 * 1_000;

/** A certificate and its key as PEM. */
export interface KeyPair {
  serial: string;
  certificate: string;
  privateKey: string;
}

/** What a test wants a certificate to say. */
export interface LeafWish {
  commonName: string;
  names: readonly JsonGeneralName[];
  serial: string;
  expired?: boolean;
}

/** A certificate authority for one test. */
export interface TestAuthority {
  certificate: string;
  issue(wish: LeafWish): Promise<KeyPair>;
}

export async function createTestAuthority(name: string): Promise<TestAuthority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const now = Date.now();
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: `CN=${name}`,
    notBefore: new Date(now - 24 * HOUR_MS),
    notAfter: new Date(now + 24 * HOUR_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  return {
    certificate: root.toString("pem"),
    async issue({ commonName, names, serial, expired = false }) {
      const own = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const leaf = await X509CertificateGenerator.create({
        serialNumber: serial,
        subject: `CN=${commonName}`,
        issuer: root.subject,
        notBefore: new Date(now - 12 * HOUR_MS),
        notAfter: new Date(now + (expired ? -HOUR_MS : HOUR_MS)),
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [new SubjectAlternativeNameExtension([...names])],
      });
      const key = await crypto.subtle.exportKey("pkcs8", own.privateKey);
      return { serial, certificate: leaf.toString("pem"), privateKey: PemConverter.encode(key, PemConverter.PrivateKeyTag) };
    },
  };
}
