/** Who was seen to call from an address with a certificate that was accepted. */
export interface AddressBook {
  learn(address: string, nodeId: string, atMs: number): void;
  /** The one node that called from there within the last hour; `null` = none, or more than one. */
  nodeAt(address: string, nowMs: number): string | null;
}

/** Addresses are handed on to others, so what was true an hour ago proves nothing. */
const TRUSTED_FOR_MS = 60 * 60 * 1_000;
const MAX_ADDRESSES = 10_000;

/** A good mutual connection proves who its address belongs to, for a while; more than 10,000 addresses are not kept. */
export function createAddressBook(): AddressBook {
  const nodesByAddress = new Map<string, Map<string, number>>();
  return {
    learn(address, nodeId, atMs) {
      const nodes = nodesByAddress.get(address) ?? new Map<string, number>();
      nodes.set(nodeId, atMs);
      for (const [node, lastMs] of nodes) if (lastMs < atMs - TRUSTED_FOR_MS) nodes.delete(node);
      // The newest stands last, so that the oldest makes room.
      nodesByAddress.delete(address);
      nodesByAddress.set(address, nodes);
      const [oldest] = nodesByAddress.keys();
      if (nodesByAddress.size > MAX_ADDRESSES && oldest !== undefined) nodesByAddress.delete(oldest);
    },
    nodeAt(address, nowMs) {
      const nodes = [...(nodesByAddress.get(address) ?? [])].filter(([, lastMs]) => lastMs >= nowMs - TRUSTED_FOR_MS);
      return nodes.length === 1 ? (nodes[0]?.[0] ?? null) : null;
    },
  };
}
