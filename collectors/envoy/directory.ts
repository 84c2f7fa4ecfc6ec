import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

import { plainName } from "#collectors/shared/plain-name.ts";

const MAX_FILE_BYTES = 64 * 1024;

/** Who is behind an address that belongs to no proxy; without `namespace` it is shown outside of any. */
export interface KnownPeer {
  service: string;
  namespace: string | null;
}

/** One proxy as its file in the directory names it. */
export interface ProxyFile {
  /** Envoy's `node.id`. */
  id: string;
  /** Base URL of its admin, `http://host:port`. */
  address: string;
  knownAddresses: Readonly<Record<string, KnownPeer>>;
  /** Name of the file, without its folder. */
  file: string;
}

/** Something wrong with the directory or a file in it, said so that it can be mended. */
export interface DirectoryFinding {
  /** File name, or the directory's path. */
  subject: string;
  /** Path of the wrong field; `null` when it is the whole file. */
  field: string | null;
  text: string;
  mend: string;
}

/** What the directory says now. A proxy whose file turned bad stays as it was last, with a finding. */
export interface DirectoryReading {
  proxies: ProxyFile[];
  findings: DirectoryFinding[];
  /** False when the directory itself cannot be read; `proxies` then holds the last ones known. */
  isReadable: boolean;
}

const EXAMPLE = `{ "id": "<node.id>", "admin": "http://127.0.0.1:9901" }`;

/** What is said of a directory without any proxy. */
export const NO_PROXY: DirectoryFinding = {
  subject: "directory",
  field: null,
  text: "The directory holds no proxy.",
  mend: `Write one file per proxy into it, like ${EXAMPLE}.`,
};

const Name = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => plainName(name) === name, "it holds a mark that cannot be seen");

const AdminAddress = z.string().transform((text, context) => {
  const url = URL.parse(text);
  if (url !== null && (url.username !== "" || url.password !== "")) {
    context.addIssue({ code: "custom", message: "a name or password in an address is not accepted" });
    return z.NEVER;
  }
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "") return url.origin;
  context.addIssue({ code: "custom", message: `${JSON.stringify(plainName(text))} is not an address like http://127.0.0.1:9901` });
  return z.NEVER;
});

const ProxyFileContent = z.object({
  id: Name,
  admin: AdminAddress,
  knownAddresses: z.record(z.union([z.ipv4(), z.ipv6()]), z.object({ service: Name, namespace: Name.optional() })).default({}),
});

interface CachedFile {
  stamp: string;
  proxy: ProxyFile | null;
  finding: DirectoryFinding | null;
}

/** Reads a folder of `*.json` files, one per proxy; a file is parsed again only when its time, size or inode changed. */
export function createProxyDirectory(path: string): { read(): Promise<DirectoryReading> } {
  let cache = new Map<string, CachedFile>();

  async function read(): Promise<DirectoryReading> {
    let names: string[];
    try {
      names = (await readdir(path)).filter((name) => name.endsWith(".json") && !name.startsWith(".")).toSorted();
    } catch (cause) {
      return { ...assemble(cache), isReadable: false, findings: [unreadable(path, cause)] };
    }
    const next = new Map<string, CachedFile>();
    for (const name of names) {
      const entry = await readEntry(path, name, cache.get(name));
      if (entry !== null) next.set(name, entry);
    }
    cache = next;
    return { ...assemble(cache), isReadable: true };
  }

  return { read };
}

/** `null` = the file went away between listing and reading. */
async function readEntry(folder: string, name: string, known: CachedFile | undefined): Promise<CachedFile | null> {
  const path = join(folder, name);
  try {
    const { mtimeMs, size, ino } = await stat(path);
    const stamp = `${mtimeMs}:${size}:${ino}`;
    if (known?.stamp === stamp) return known;
    if (size > MAX_FILE_BYTES) return bad(name, known, stamp, null, `it is larger than ${MAX_FILE_BYTES} bytes`);
    return parseEntry(name, await readFile(path, "utf8"), known, stamp);
  } catch (cause) {
    if (reasonOf(cause) === "ENOENT") return null;
    return bad(name, known, "", null, `it cannot be read (${reasonOf(cause)})`);
  }
}

function parseEntry(name: string, text: string, known: CachedFile | undefined, stamp: string): CachedFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return bad(name, known, stamp, null, "it is not JSON");
  }
  const parsed = ProxyFileContent.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.map(String).join(".") ?? "";
    return bad(name, known, stamp, field === "" ? null : field, issue?.message ?? "it has another shape");
  }
  const { id, admin, knownAddresses } = parsed.data;
  const peers = Object.entries(knownAddresses).map(
    ([address, peer]) => [address, { service: peer.service, namespace: peer.namespace ?? null }] as const,
  );
  return { stamp, finding: null, proxy: { id, address: admin, knownAddresses: Object.fromEntries(peers), file: name } };
}

/** A file that turned bad keeps its last good content, so that a half-written one does not make a proxy vanish. */
function bad(name: string, known: CachedFile | undefined, stamp: string, field: string | null, reason: string): CachedFile {
  const kept = known?.proxy ?? null;
  const file = plainName(name);
  const what = field === null ? file : `${file}, field ${plainName(field)}`;
  const effect = kept === null ? "The proxy it stands for is not read." : "Its last good content is used.";
  const mend = `Write it like ${EXAMPLE}.`;
  return { stamp, proxy: kept, finding: { subject: file, field, text: `${what}: ${reason}. ${effect}`, mend } };
}

function assemble(cache: ReadonlyMap<string, CachedFile>): { proxies: ProxyFile[]; findings: DirectoryFinding[] } {
  const byId = new Map<string, ProxyFile>();
  const findings: DirectoryFinding[] = [];
  for (const { proxy, finding } of cache.values()) {
    if (finding !== null) findings.push(finding);
    if (proxy === null) continue;
    const first = byId.get(proxy.id);
    if (first === undefined) byId.set(proxy.id, proxy);
    else findings.push(duplicate(proxy, first));
  }
  return { proxies: [...byId.values()], findings };
}

function duplicate(second: ProxyFile, first: ProxyFile): DirectoryFinding {
  return {
    subject: second.file,
    field: "id",
    text: `${second.file}, field id: ${JSON.stringify(second.id)} is already the proxy of ${first.file}. This file is not read.`,
    mend: "Give every proxy the id of its own node.",
  };
}

function unreadable(path: string, cause: unknown): DirectoryFinding {
  const isMissing = reasonOf(cause) === "ENOENT";
  return {
    subject: path,
    field: null,
    text: isMissing ? `The directory ${path} does not exist.` : `The directory ${path} cannot be read (${reasonOf(cause)}).`,
    mend: "Make the directory, with one JSON file per proxy, or correct its path in the configuration.",
  };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown reason";
}
