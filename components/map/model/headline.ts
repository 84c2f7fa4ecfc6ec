import type { HealthCounts } from "#lib/client/counted-services.ts";
import { formatPercent, formatQuantity } from "#lib/client/format.ts";
import type { HealthStatus, MeshGraph, MeshNode, NodeVersion } from "#lib/model/graph.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";

import { nodeName } from "./names.ts";

export interface Headline {
  status: HealthStatus;
  sentence: string;
  /** The node that it speaks of; `null` when it speaks of all. */
  nodeId: string | null;
}

/** The page's title: the worst service and why, or that all is well. Of several equally bad ones the one with most errors. */
export function headlineOf(graph: MeshGraph): Headline {
  const judged = graph.nodes.filter((node) => node.id !== INTERNET_ID);
  if (judged.length === 0) return { status: "unknown", sentence: "No service has been seen yet", nodeId: null };
  const worst = worstOf(judged, "failing") ?? worstOf(judged, "degraded");
  if (worst !== null) {
    return { status: worst.health.status, sentence: `${nodeName(worst)} is ${worst.health.status}: ${whyOf(worst)}`, nodeId: worst.id };
  }
  const unknown = judged.filter((node) => node.health.status === "unknown").length;
  if (unknown === judged.length) return { status: "unknown", sentence: "No traffic has been seen yet", nodeId: null };
  if (unknown > 0) {
    return {
      status: "healthy",
      sentence: `Nothing is failing, ${formatQuantity(unknown, "service is", "services are")} unknown`,
      nodeId: null,
    };
  }
  const sentence = judged.length === 1 ? "The one service is healthy" : `All ${judged.length} services are healthy`;
  return { status: "healthy", sentence, nodeId: null };
}

/** The headline of a small screen, where a list of what needs a look follows. */
export function shortHeadline(counts: HealthCounts): string {
  const { failing, degraded, unknown, healthy } = counts;
  if (failing + degraded + unknown + healthy === 0) return "No service has been seen yet";
  const parts = [failing === 0 ? "Nothing is failing" : formatQuantity(failing, "service is failing", "services are failing")];
  if (degraded > 0)
    parts.push(failing === 0 ? formatQuantity(degraded, "service is degraded", "services are degraded") : `${degraded} degraded`);
  return parts.join(", ");
}

function worstOf(nodes: readonly MeshNode[], status: HealthStatus): MeshNode | null {
  const inStatus = nodes.filter((node) => node.health.status === status);
  if (inStatus.length === 0) return null;
  return inStatus.reduce((worst, node) => (errorsPerSecond(node) > errorsPerSecond(worst) ? node : worst));
}

function errorsPerSecond(node: MeshNode): number {
  return (node.red.rate ?? 0) * (node.red.errorRatio ?? 0);
}

/** The version that is to blame, where one is; else the service's own error share; else the first reason. */
function whyOf(node: MeshNode): string {
  const culprit = culpritOf(node);
  if (culprit !== null && culprit.red.errorRatio !== null) {
    return `${culprit.version} fails ${formatPercent(culprit.red.errorRatio)} of its calls`;
  }
  const isByErrors = node.red.errorRatio !== null && node.red.errorCount !== null && node.red.errorCount > 0;
  const hasEndpoints = !node.health.reasons.some((reason) => reason.includes("endpoint"));
  if (isByErrors && hasEndpoints) return `it fails ${formatPercent(node.red.errorRatio)} of its calls`;
  return ownReason(node);
}

/** The first reason, without the service's name in front of it: the sentence has that already. */
function ownReason(node: MeshNode): string {
  const reason = node.health.reasons[0] ?? "no reason was given";
  if (reason.startsWith(`${node.service}: `)) return reason.slice(node.service.length + 2);
  return reason.startsWith(`${node.service} `) ? `it${reason.slice(node.service.length)}` : reason;
}

/** The unhealthy version of a service that has healthier ones beside it. */
export function culpritOf(node: MeshNode): NodeVersion | null {
  if (node.versions.length < 2) return null;
  const bad = node.versions.filter(({ health }) => health.status === "failing" || health.status === "degraded");
  if (bad.length === 0 || bad.length === node.versions.length) return null;
  return bad.reduce((worst, version) => ((version.red.errorRatio ?? 0) > (worst.red.errorRatio ?? 0) ? version : worst));
}
