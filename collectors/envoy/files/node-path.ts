import { isAlias, isCollection, isNode, visit, type Document, type Node } from "yaml";

export type NodePath = readonly (string | number)[];

/** Every node from the root down to `path`, the root first; `null` when something on the way is missing or an alias. */
export function nodesOn(document: Document.Parsed, path: NodePath): Node[] | null {
  let node: unknown = document.contents;
  const nodes: Node[] = [];
  for (const key of [...path, null]) {
    if (!isNode(node) || isAlias(node)) return null;
    nodes.push(node);
    if (key === null) break;
    if (!isCollection(node)) return null;
    node = node.get(key, true);
  }
  return nodes;
}

const anchorsByDocument = new WeakMap<Document.Parsed, ReadonlySet<string>>();

/** Names of the anchors that an alias somewhere in the document refers to; found once per document. */
export function usedAnchors(document: Document.Parsed): ReadonlySet<string> {
  const known = anchorsByDocument.get(document);
  if (known !== undefined) return known;
  const used = new Set<string>();
  visit(document, {
    Alias(_, alias) {
      used.add(alias.source);
    },
  });
  anchorsByDocument.set(document, used);
  return used;
}

/** Whether changing what hangs below any of these nodes would change another place too. */
export function isShared(nodes: readonly Node[], anchors: ReadonlySet<string>): boolean {
  return nodes.some((node) => "anchor" in node && typeof node.anchor === "string" && anchors.has(node.anchor));
}
