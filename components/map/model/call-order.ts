import type { LayoutInput } from "./layout-input.ts";

/**
 * All ids in the order in which a reader follows the calls: from each caller that nobody calls, deep first, callees by
 * name; strangers (no group) after the mesh's own. Layered layout breaks its ties by this order, so that the picture
 * of a graph is the same every time.
 */
export function callOrder(input: LayoutInput): string[] {
  const callees = new Map<string, string[]>();
  const called = new Set<string>();
  for (const { source, target } of input.edges) {
    const list = callees.get(source);
    if (list === undefined) callees.set(source, [target]);
    else list.push(target);
    called.add(target);
  }
  const roots = input.nodes.filter((node) => !called.has(node.id));
  const starts = [...roots.filter((node) => node.group !== null), ...roots.filter((node) => node.group === null), ...input.nodes];
  const order = new Set<string>();
  for (const start of starts) {
    const stack = [start.id];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (order.has(id)) continue;
      order.add(id);
      stack.push(...(callees.get(id) ?? []).toReversed());
    }
  }
  return [...order];
}
