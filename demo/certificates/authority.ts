// tsyringe, below the library, refuses to load without this polyfill being there first.
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from "@peculiar/x509";
import { randomBytes } from "node:crypto";
import type { KeyPair } from "../envoy/secrets.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const HOUR_MS = 60 * 60 * 1_000;

export type SubjectName = { readonly type: "url" | "dns" | "ip"; readonly value: string };

export interface LeafRequest {
  readonly commonName: string;
  readonly names: readonly SubjectName[];
  /** Milliseconds since its life began. */
  readonly ageMs: number;
  /** Milliseconds until its life ends; negative: it ended that long ago. */
  readonly leftMs: number;
}

/** The demo's own certificate authority. Its key never leaves this process. */
export interface Authority {
  readonly certificate: string;
  issue(request: LeafRequest): Promise<KeyPair>;
}

export async function createAuthority(): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const now = Date.now();
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=Demo mesh CA",
    // Older than the oldest leaf that is asked for.
    notBefore: new Date(now - 7 * 24 * HOUR_MS),
    notAfter: new Date(now + 365 * 24 * HOUR_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: root.toString("pem"), issue: (request) => issue(root, keys.privateKey, request) };
}

async function issue(root: X509Certificate, signingKey: CryptoKey, { commonName, names, ageMs, leftMs }: LeafRequest): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const nowMs = Date.now();
  const leaf = await X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${commonName}`,
    issuer: root.subject,
    notBefore: new Date(nowMs - ageMs),
    notAfter: new Date(nowMs + leftMs),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(names.map(({ type, value }) => ({ type, value }))),
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { certificate: leaf.toString("pem"), privateKey: PemConverter.encode(key, PemConverter.PrivateKeyTag) };
}

/** RFC 5280 4.1.2.2: positive, at most 20 octets, unique. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes.toString("hex");
}
