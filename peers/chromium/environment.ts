/** The browser named by the user, if any. */
export function chromiumFromEnvironment(): string | undefined {
  return process.env["CHROMIUM_BIN"];
}

export function searchPath(): string {
  return process.env["PATH"] ?? "";
}
