import { describe, expect, it } from "vitest";

import { walk } from "./walk.ts";

const at = (x: number, y: number) => ({ x, y, width: 140, height: 78 });
const graph = {
  cards: new Map([
    ["frontend", at(0, 200)],
    ["catalog", at(200, 0)],
    ["cart", at(200, 200)],
    ["checkout", at(200, 400)],
    ["ledger", at(400, 400)],
    ["stranger", at(200, 600)],
  ]),
  edges: [
    { source: "frontend", target: "catalog" },
    { source: "frontend", target: "cart" },
    { source: "frontend", target: "checkout" },
    { source: "checkout", target: "ledger" },
    { source: "stranger", target: "ledger" },
    { source: "cart", target: "cart" },
  ],
};

describe("walk", () => {
  it.each([
    ["frontend", "callee", "cart"],
    ["checkout", "callee", "ledger"],
    ["ledger", "caller", "checkout"],
    ["catalog", "caller", "frontend"],
    ["catalog", "next", "cart"],
    ["cart", "next", "checkout"],
    ["checkout", "previous", "cart"],
    ["checkout", "next", "stranger"],
    ["catalog", "previous", null],
    ["frontend", "caller", null],
    ["cart", "callee", null],
    ["gone", "next", null],
  ] as const)("from %s to the %s is %s", (from, step, to) => expect(walk(graph, from, step)).toBe(to));
});
