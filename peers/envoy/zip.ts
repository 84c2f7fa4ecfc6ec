import { createHash } from "node:crypto";
import { crc32, inflateRawSync } from "node:zlib";

/** The archive is not a zip we can read, or a member is damaged. */
export class ZipError extends Error {
  override readonly name = "ZipError";
}

const END_RECORD = 0x06054b50;
const CENTRAL_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const END_RECORD_SIZE = 22;
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly localOffset: number;
}

/** The members of a zip by name (PKWARE APPNOTE 4.3). No zip64 and no encryption: wheels of this size use neither. */
export function openZip(archive: Buffer): { readonly names: readonly string[]; read(name: string): Buffer } {
  const entries = readDirectory(archive);
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw new ZipError(`the archive has no member ${name}`);
      return readMember(archive, name, entry);
    },
  };
}

function readDirectory(archive: Buffer): Map<string, Entry> {
  const end = findEndRecord(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const entries = new Map<string, Entry>();
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== CENTRAL_ENTRY) throw new ZipError("the archive's directory is damaged");
    const nameLength = archive.readUInt16LE(at + 28);
    entries.set(archive.toString("utf8", at + 46, at + 46 + nameLength), {
      method: archive.readUInt16LE(at + 10),
      crc: archive.readUInt32LE(at + 16),
      compressedSize: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      localOffset: archive.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function findEndRecord(archive: Buffer): number {
  const last = archive.length - END_RECORD_SIZE;
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT; at -= 1) {
    if (archive.readUInt32LE(at) === END_RECORD) return at;
  }
  throw new ZipError("the file is not a zip archive, or was cut short");
}

function readMember(archive: Buffer, name: string, entry: Entry): Buffer {
  const { localOffset: at } = entry;
  if (at + 30 > archive.length || archive.readUInt32LE(at) !== LOCAL_ENTRY) throw new ZipError(`the archive's member ${name} is damaged`);
  // The local header repeats name and extra field, with lengths that may differ from the directory's.
  const start = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  const packed = archive.subarray(start, start + entry.compressedSize);
  const content = unpack(packed, name, entry);
  if (content.length !== entry.size || crc32(content) !== entry.crc) throw new ZipError(`the archive's member ${name} is damaged`);
  return content;
}

function unpack(packed: Buffer, name: string, entry: Entry): Buffer {
  if (entry.method === STORED) return packed;
  if (entry.method !== DEFLATED) throw new ZipError(`the archive's member ${name} is packed in a way not known here`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
  } catch (cause) {
    throw new ZipError(`the archive's member ${name} is damaged`, { cause });
  }
}

/** Throws unless `content` has the digest that the wheel's RECORD states for `member` (PEP 376: `path,sha256=<urlsafe base64>,size`). */
export function checkAgainstRecord(record: string, member: string, content: Buffer): void {
  const line = record.split(/\r?\n/).find((row) => row.startsWith(`${member},`));
  const stated = /,sha256=([A-Za-z0-9_-]+)/.exec(line ?? "")?.[1];
  if (stated === undefined) throw new ZipError(`the wheel's RECORD has no digest for ${member}`);
  if (createHash("sha256").update(content).digest("base64url") !== stated)
    throw new ZipError(`${member} differs from the digest in the wheel's RECORD`);
}
