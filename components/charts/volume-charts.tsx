import { MISSING } from "#lib/client/format.ts";
import type { RedChart } from "#lib/model/red-chart.ts";

import { Chart } from "./chart.tsx";
import { volumeSpecs } from "./volume-specs.ts";

/** What travelled along an edge beside the number of its requests: bytes, and messages of gRPC. Nothing where no source tells. */
export function VolumeCharts({ chart }: { chart: RedChart }) {
  return volumeSpecs(chart).map(({ title, spec, sent, received }) => (
    <div key={title}>
      <div className="flex h-5 items-center gap-3 text-12">
        <span className="flex-1 text-text-3">{title}</span>
        <Way word="sent" value={sent} format={spec.format} />
        <Way word="received" value={received} format={spec.format} isDashed />
      </div>
      <div className="h-[58px]">
        <Chart spec={spec} />
      </div>
    </div>
  ));
}

function Way({
  word,
  value,
  format,
  isDashed = false,
}: {
  word: string;
  value: number | null;
  format: (value: number) => string;
  isDashed?: boolean;
}) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <svg width="14" height="2" aria-hidden="true" className="text-text-2">
        <path d="M0 1H14" stroke="currentColor" strokeWidth="2" strokeDasharray={isDashed ? "4 3" : undefined} />
      </svg>
      <span className="text-text-3">{word}</span>
      {value === null ? MISSING : format(value)}
    </span>
  );
}
