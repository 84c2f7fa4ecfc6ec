import { cx } from "#components/ui/cx.ts";
import { formatCount } from "#lib/client/format.ts";
import type { MeshEdge } from "#lib/model/graph.ts";

import { countLocks, type Lock } from "../model/transport.ts";
import { LockWord } from "../nodes/lock-glyph.tsx";

const SHOWN: readonly { lock: Lock; word: string }[] = [
  { lock: "plaintext", word: "plaintext" },
  { lock: "broken", word: "refused or broken" },
  { lock: "unknown", word: "not known" },
  { lock: "oneWay", word: "TLS" },
  { lock: "mutual", word: "mutual TLS" },
];

/** How the mesh's edges travel, worst first; what no edge does is left out, what does two things stands under both. */
export function LockCounts({ edges, className }: { edges: readonly MeshEdge[]; className?: string }) {
  const counts = countLocks(edges);
  return (
    <span className={cx("flex flex-wrap gap-x-3.5 gap-y-1", className)}>
      {SHOWN.filter(({ lock }) => counts[lock] > 0).map(({ lock, word }) => (
        <LockWord key={lock} lock={lock}>{`${formatCount(counts[lock])} ${word}`}</LockWord>
      ))}
    </span>
  );
}
