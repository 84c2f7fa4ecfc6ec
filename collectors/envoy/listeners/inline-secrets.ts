const MAX_DEPTH = 100;

/** Fields whose value is a secret where it stands in the file itself rather than in another one. */
const SECRET_FIELDS = new Set(["private_key", "password", "session_ticket_keys", "secret", "generic_secret"]);

/** Why a text with a private key or another secret in it is left alone: its diff is shown and its journal kept. `null` = it holds none. */
export function whySecret(text: string, data: unknown): string | null {
  const holds = text.includes("PRIVATE KEY-----") || walk(data, false, 0);
  return holds ? "The file itself holds a private key or another secret, which Weft neither shows nor copies into its journal." : null;
}

function walk(value: unknown, isSecret: boolean, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  // Deeper than any text that is read; nothing is called harmless unseen.
  if (depth > MAX_DEPTH) return true;
  return Object.entries(value).some(([key, inner]) => {
    const isInline = key === "inline_string" || key === "inline_bytes" || key === "inlineString" || key === "inlineBytes";
    if (isSecret && isInline) return true;
    return walk(inner, isSecret || SECRET_FIELDS.has(key) || key === "privateKey" || key === "sessionTicketKeys", depth + 1);
  });
}
