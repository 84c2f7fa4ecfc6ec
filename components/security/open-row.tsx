"use client";

import type { SecurityReport, WhatIfScope } from "#lib/model/security.ts";

import { CertificateDetail } from "./certificate-detail.tsx";
import { DetailPanel } from "./detail-panel.tsx";
import { EdgeDetail } from "./edge-detail.tsx";
import { WorkloadDetail } from "./workload-detail.tsx";

export interface OpenRowProps {
  report: SecurityReport;
  id: string;
  onAsk: (scope: WhatIfScope) => void;
}

/** The row that the address names, whichever table it stands in. */
export function OpenRow({ report, id, onAsk }: OpenRowProps) {
  const edge = report.edges.find((one) => one.id === id);
  if (edge !== undefined) return <EdgeDetail edge={edge} />;
  const workload = report.workloads.find((one) => one.id === id);
  if (workload !== undefined) return <WorkloadDetail workload={workload} onAsk={onAsk} />;
  const certificate = report.certificates.find((one) => one.id === id);
  if (certificate !== undefined) return <CertificateDetail certificate={certificate} />;
  return (
    <DetailPanel id={id} label="What was opened" title="It is not in this report">
      <p className="text-text-2">
        What the address names is not known in this window and these namespaces. A certificate that was renewed has another serial, and is
        another row.
      </p>
    </DetailPanel>
  );
}
