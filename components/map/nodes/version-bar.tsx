import { versionColor } from "#components/ui/version-swatch.tsx";
import type { NodeVersion } from "#lib/model/graph.ts";

export interface VersionBarProps {
  versions: readonly NodeVersion[];
}

/** Base of a card: how the service's requests are shared among its versions. One version, or none told: a quiet line. */
export function VersionBar({ versions }: VersionBarProps) {
  const shares = versions.map((version) => version.share ?? 0);
  const isShared = versions.length > 1 && shares.some((share) => share > 0);
  if (!isShared) return <span aria-hidden="true" className="absolute inset-x-0 bottom-0 h-[3px] bg-ver-a opacity-20" />;
  return (
    <span aria-hidden="true" className="absolute inset-x-0 bottom-0 flex h-1 gap-[1.5px]">
      {versions.map((version, index) => (
        <span key={version.version} style={{ flexGrow: shares[index], background: versionColor(index) }} />
      ))}
    </span>
  );
}
