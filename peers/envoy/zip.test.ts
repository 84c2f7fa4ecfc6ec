import { createHash } from "node:crypto";
import { crc32, deflateRawSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { checkAgainstRecord, openZip, ZipError } from "./zip.ts";

interface Member {
  readonly name: string;
  readonly content: Buffer;
  readonly stored?: boolean;
}

/** A zip as archivers write it: local entries, directory, end record, and a comment where asked. */
function makeZip(members: readonly Member[], comment = ""): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, stored = false } of members) {
    const packed = stored ? content : deflateRawSync(content);
    const bytes = Buffer.from(name, "utf8");
    const sizes = Buffer.alloc(16);
    sizes.writeUInt16LE(stored ? 0 : 8, 0);
    const tail = Buffer.alloc(12);
    tail.writeUInt32LE(crc32(content), 0);
    tail.writeUInt32LE(packed.length, 4);
    tail.writeUInt32LE(content.length, 8);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(stored ? 0 : 8, 8);
    tail.copy(local, 14);
    local.writeUInt16LE(bytes.length, 26);
    local.writeUInt16LE(4, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(stored ? 0 : 8, 10);
    tail.copy(entry, 16);
    entry.writeUInt16LE(bytes.length, 28);
    entry.writeUInt32LE(offset, 42);
    const whole = Buffer.concat([local, bytes, Buffer.alloc(4), packed]);
    locals.push(whole);
    directory.push(entry, bytes);
    offset += whole.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, index, end, Buffer.from(comment)]);
}

const some = Buffer.from("some text, some text, some text");

describe("openZip", () => {
  it("reads what was packed, stored or deflated, with a comment behind it", () => {
    const members = fc.uniqueArray(
      fc.record({ name: fc.string({ minLength: 1, maxLength: 20 }), content: fc.uint8Array({ maxLength: 500 }), stored: fc.boolean() }),
      { selector: ({ name }) => name, maxLength: 6 },
    );
    fc.assert(
      fc.property(members, fc.string({ maxLength: 10 }), (given, comment) => {
        const packed = given.map((member) => ({ ...member, content: Buffer.from(member.content) }));
        const zip = openZip(makeZip(packed, comment.replaceAll(/[^a-z]/g, "")));
        for (const { name, content } of packed) expect(zip.read(Buffer.from(name).toString()).equals(content)).toBe(true);
        expect(zip.names).toHaveLength(packed.length);
      }),
    );
  });

  it("answers damage with a ZipError and with nothing else", () => {
    const whole = makeZip([{ name: "a", content: some }]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const damaged = Buffer.from(whole.subarray(0, length));
        if (at < length) damaged[at] = byte;
        try {
          expect(openZip(damaged).read("a").equals(some)).toBe(true);
        } catch (cause) {
          expect(cause).toBeInstanceOf(ZipError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("says which member is missing", () => {
    expect(() => openZip(makeZip([])).read("envoy")).toThrow("the archive has no member envoy");
  });

  it("refuses what is no zip", () => {
    expect(() => openZip(Buffer.from("<html>no such package</html>"))).toThrow("not a zip archive");
    expect(() => openZip(Buffer.alloc(0))).toThrow("not a zip archive");
  });
});

describe("checkAgainstRecord", () => {
  const digest = createHash("sha256").update(some).digest("base64url");

  it("takes the digest that the wheel states", () => {
    expect(() => checkAgainstRecord(`other,,\nbin/x,sha256=${digest},31\n`, "bin/x", some)).not.toThrow();
  });

  it("refuses another digest, and none", () => {
    expect(() => checkAgainstRecord(`bin/x,sha256=${digest},31`, "bin/x", Buffer.from("else"))).toThrow("differs from the digest");
    expect(() => checkAgainstRecord("bin/y,sha256=AAAA,1", "bin/x", some)).toThrow("has no digest for bin/x");
  });
});
