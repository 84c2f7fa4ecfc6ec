import { describe, expect, it } from "vitest";

import { TurnGate } from "./turn-gate.ts";

function open(atOnce: number, waiting: number) {
  const gate = new TurnGate(atOnce, waiting);
  const entered: string[] = [];
  const enter = (name: string): (() => void) | null => gate.enter(() => void entered.push(name));
  return { entered, enter };
}

describe("the gate", () => {
  it("lets in as many as it may at once, and the next ones in the order in which they came", () => {
    const { entered, enter } = open(2, 10);
    const leaveA = enter("a");
    enter("b");
    enter("c");
    enter("d");
    expect(entered).toEqual(["a", "b"]);
    leaveA?.();
    expect(entered).toEqual(["a", "b", "c"]);
  });

  it("counts one leaving once", () => {
    const { entered, enter } = open(1, 10);
    const leave = enter("a");
    enter("b");
    enter("c");
    leave?.();
    leave?.();
    expect(entered).toEqual(["a", "b"]);
  });

  it("forgets who leaves the line", () => {
    const { entered, enter } = open(1, 10);
    const leaveA = enter("a");
    const leaveB = enter("b");
    enter("c");
    leaveB?.();
    leaveA?.();
    expect(entered).toEqual(["a", "c"]);
  });

  it("turns away who would make the line too long", () => {
    const { enter } = open(1, 1);
    enter("a");
    expect(enter("b")).not.toBeNull();
    expect(enter("c")).toBeNull();
  });

  it("goes on when somebody leaves while he enters", () => {
    const gate = new TurnGate(1, 10);
    const entered: string[] = [];
    const leave = gate.enter(() => void entered.push("a"));
    for (const name of ["b", "c"]) {
      const out: { leave: (() => void) | null } = { leave: null };
      out.leave = gate.enter(() => {
        entered.push(name);
        out.leave?.();
      });
    }
    leave?.();
    expect(entered).toEqual(["a", "b", "c"]);
  });
});
