import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { TlsPosture } from "#lib/model/security.ts";

import {
  edgeRank,
  edgeRows,
  endingCertificate,
  hasPlaintext,
  identitiesOf,
  isBorder,
  observedView,
  plaintextCallers,
  type EdgeConditions,
} from "./edge-rows.ts";
import { certificateOf, edgeOf, identityOf, isoAt, plaintextCallerOf, plaintextEdgeOf, refusalOf, silentEdgeOf } from "./testing/report.ts";

const ALL: EdgeConditions = { observed: null, declared: null, place: null, differs: false };
const plain = (text: string) => text.replaceAll("\u00a0", " ");

const MUTUAL = edgeOf("shop/frontend", "shop/catalog");
const PLAIN = plaintextEdgeOf();
const SILENT = silentEdgeOf("shop/catalog", "shop/old");
const BORDER = edgeOf("internet", "shop/gateway", { observed: { transport: "oneWay", mutual: 0, oneWay: 50, mutualShare: 0 } });
const MIXED = edgeOf("shop/cart", "payments/ledger", {
  agreement: "differs",
  observed: { transport: "mixed", mutual: 75, plaintext: 25, mutualShare: 0.75 },
});
const BROKEN = edgeOf("shop/a", "shop/b", {
  rate: null,
  declared: { verdict: "broken" },
  observed: { transport: "unknown", mutual: 0, mutualShare: null },
});
const UNTOLD = edgeOf("shop/a", "shop/c", { observed: { transport: "unknown", mutual: 0, mutualShare: null } });
const REFUSED = edgeOf("shop/a", "shop/d", { refusals: [refusalOf({ source: "shop/a", target: "shop/d" })] });
const EDGES = [SILENT, BORDER, MUTUAL, UNTOLD, REFUSED, BROKEN, MIXED, PLAIN];

describe("what was seen", () => {
  test.each([
    [MUTUAL, "locked", "mTLS 100 %", false],
    [BORDER, "locked", "TLS 100 %", false],
    [PLAIN, "open", "plaintext 100 %", true],
    [MIXED, "open", "plaintext 25.0 %", true],
    [BROKEN, "broken", "nothing passes", true],
    [UNTOLD, "unknown", "not known", false],
    [SILENT, "unknown", "no calls seen", false],
  ] as const)("is a mark and a word", (edge, look, word, isAlarming) => {
    const view = observedView(edge);
    expect({ ...view, word: plain(view.word) }).toEqual({ look, word, isAlarming });
  });

  test("is never locked where nothing was seen, and never unlocked without plaintext, whatever is declared", () => {
    const transport = fc.constantFrom("mutual", "oneWay", "plaintext", "mixed", "unknown");
    const verdict = fc.constantFrom("mutual", "oneWay", "plaintext", "broken", "mixed", "unknown");
    const count = fc.nat(50);
    fc.assert(
      fc.property(transport, verdict, count, count, count, (seen, declared, mutual, oneWay, plaintext) => {
        const edge = edgeOf("shop/a", "shop/b", {
          declared: { verdict: declared },
          observed: { transport: seen, mutual, oneWay, plaintext },
        });
        const { look } = observedView(edge);
        if (seen === "unknown") expect(look).not.toBe("locked");
        if (look === "open") expect(hasPlaintext(edge)).toBe(true);
        if (seen === "plaintext" || (seen === "mixed" && plaintext > 0)) expect(look).toBe("open");
      }),
    );
  });
});

describe("rows", () => {
  test("stand with what needs a look first, and without calls last", () => {
    expect(edgeRows(EDGES, ALL, "")).toEqual([PLAIN, MIXED, BROKEN, REFUSED, UNTOLD, BORDER, MUTUAL, SILENT]);
  });

  test("keep their places when live numbers change", () => {
    const busier = EDGES.map((edge) => (edge.rate === null ? edge : { ...edge, rate: edge.rate * 3 }));
    expect(edgeRows(busier.toReversed(), ALL, "").map(({ id }) => id)).toEqual(edgeRows(EDGES, ALL, "").map(({ id }) => id));
  });

  test.each([
    [{ observed: "plaintext" }, [PLAIN, MIXED]],
    [{ observed: "mutual" }, [REFUSED, MUTUAL]],
    [{ observed: "unknown" }, [UNTOLD]],
    [{ observed: "silent" }, [BROKEN, SILENT]],
    [{ observed: "refused" }, [REFUSED]],
    [{ declared: "permissive" }, [PLAIN]],
    [{ place: "border" }, [BORDER]],
    [{ differs: true }, [MIXED]],
    [{ differs: true, declared: "permissive" }, []],
  ] as const)("are narrowed by %j", (change, rows: readonly TlsPosture[]) => {
    expect(edgeRows(EDGES, { ...ALL, ...change }, "")).toEqual(rows);
  });

  test("are found by name, word, address and identity", () => {
    const named = edgeOf("shop/x", "shop/y", { callers: [plaintextCallerOf({ identity: identityOf("x"), address: "10.9.9.9" })] });
    const found = (find: string) => edgeRows([MUTUAL, PLAIN, named], ALL, find);
    expect(found("LEDGER plaintext")).toEqual([PLAIN]);
    expect(found("sa/x")).toEqual([named]);
    expect(found("10.9.9.9")).toEqual([named]);
    expect(found("nobody")).toEqual([]);
  });

  test("inside and border are every edge, once", () => {
    const inside = edgeRows(EDGES, { ...ALL, place: "inside" }, "");
    const border = edgeRows(EDGES, { ...ALL, place: "border" }, "");
    expect(inside.length + border.length).toBe(EDGES.length);
    expect(isBorder(edgeOf("payments/payments", "external/card-network"))).toBe(true);
  });

  test("plaintext stands before everything else", () => {
    const others = EDGES.filter((edge) => !hasPlaintext(edge));
    for (const one of EDGES.filter(hasPlaintext)) for (const other of others) expect(edgeRank(one)).toBeLessThan(edgeRank(other));
  });
});

describe("plaintext callers", () => {
  test("are named with their share of what came to the target", () => {
    const beside = edgeOf("payments/payments", "payments/ledger", { observed: { mutual: 90 } });
    const [caller, ...rest] = plaintextCallers([beside, PLAIN, MUTUAL]);
    expect(rest).toEqual([]);
    expect(caller).toMatchObject({ address: "10.2.4.31", count: 30, share: 0.25, lastSeen: isoAt(-3_000) });
  });

  test("that were counted and not named are not lost", () => {
    expect(plaintextCallers([{ ...PLAIN, callers: [] }])).toMatchObject([{ address: null, count: 30, lastSeen: null, share: 1 }]);
    expect(plaintextCallers([MUTUAL, SILENT])).toEqual([]);
  });
});

test("an identity that several callers share is one", () => {
  const one = plaintextCallerOf({ identity: identityOf("a"), transport: "mutual" });
  expect(identitiesOf([one, { ...one, address: "10.0.0.2" }, plaintextCallerOf()])).toEqual([identityOf("a")]);
});

test("the certificate that ends is the caller's own", () => {
  const own = certificateOf("shop/frontend", 60_000);
  const other = certificateOf("shop/catalog", 60_000);
  const edge = { ...MUTUAL, callerExpiresAt: isoAt(60_000) };
  expect(endingCertificate([other, own], edge)).toBe(own);
  expect(endingCertificate([other, own], MUTUAL)).toBeUndefined();
});
