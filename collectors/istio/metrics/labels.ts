/** Labels that say who called whom, and which version, where both ends are named as they should be. */
const NAMED = [
  "reporter",
  "source_workload_namespace",
  "source_canonical_service",
  "destination_workload_namespace",
  "destination_canonical_service",
  "destination_canonical_revision",
  "destination_service",
] as const;

/** The cluster of who was called. */
export const CLUSTER = "destination_cluster";

/** One version of a service in one cluster: of these each tells of itself, or does not. */
export const DESTINATION_LABELS = [
  "destination_workload_namespace",
  "destination_canonical_service",
  "destination_canonical_revision",
  CLUSTER,
] as const;

/** By which the name that callers ask for leads to the workload that answers. */
export const HOST_LABELS = [
  ...DESTINATION_LABELS,
  "destination_workload",
  "destination_service",
  "destination_service_name",
  "destination_service_namespace",
] as const;

/** Those by which an end is found that lacks its name. */
const ENDS = [...NAMED, "source_workload", "destination_workload", "destination_service_name", "destination_service_namespace"] as const;

const OUTCOME = ["response_code", "grpc_response_status", "response_flags"] as const;
const TRANSPORT = "connection_security_policy";

/**
 * Labels that answers are grouped by. What a store works out and sends grows with their number, so that most series are asked
 * for by few, and those that need more by more.
 */
export interface LabelSets {
  /** Of what went well between ends that are named. */
  few: readonly string[];
  /** Of what did not. */
  result: readonly string[];
  all: readonly string[];
}

/** Of requests: protocol, result, and how they travelled. */
export const REQUEST_LABELS: LabelSets = {
  few: [...NAMED, "request_protocol", TRANSPORT],
  result: [...NAMED, "request_protocol", ...OUTCOME, TRANSPORT],
  all: [...ENDS, "request_protocol", ...OUTCOME, TRANSPORT],
};

export const CONNECTION_LABELS: LabelSets = {
  few: [...NAMED, TRANSPORT],
  result: [...NAMED, "response_flags", TRANSPORT],
  all: [...ENDS, "response_flags", TRANSPORT],
};

/** Of durations: results are not told apart, which keeps the number of histograms down. */
export const DURATION_LABELS: readonly string[] = [...ENDS, "request_protocol"];
