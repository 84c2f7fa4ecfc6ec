/** Labels that tell one edge, its version and its outcome apart; what is not asked for costs nothing to keep out. */
const ENDS = [
  "reporter",
  "source_workload_namespace",
  "source_canonical_service",
  "source_workload",
  "destination_workload_namespace",
  "destination_canonical_service",
  "destination_canonical_revision",
  "destination_workload",
  "destination_service",
  "destination_service_name",
  "destination_service_namespace",
] as const;

/** Of requests: protocol, result, and how they travelled. */
export const REQUEST_LABELS: readonly string[] = [
  ...ENDS,
  "destination_principal",
  "request_protocol",
  "response_code",
  "grpc_response_status",
  "response_flags",
  "connection_security_policy",
];

export const CONNECTION_LABELS: readonly string[] = [...ENDS, "destination_principal", "response_flags", "connection_security_policy"];

/** Of durations: results are not told apart, which keeps the number of histograms down. */
export const DURATION_LABELS: readonly string[] = [...ENDS, "destination_principal", "request_protocol"];
