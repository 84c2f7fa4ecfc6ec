import { expect, it } from "vitest";

import { RECORDED, recordedStats } from "../testing/recorded.ts";
import { readExposition } from "./exposition.ts";
import { isTrackedName, trackSeries } from "./tracked-series.ts";

it.each([...RECORDED, "refusals" as const])("wants the names of all that it knows, and of nothing else: %s", (id) => {
  const names = { known: new Set<string>(), wanted: new Set<string>() };
  readExposition(recordedStats(id), (series) => {
    if (trackSeries(series) !== null) names.known.add(series.name);
    if (isTrackedName(series.name)) names.wanted.add(series.name);
  });
  expect(names.known.size).toBeGreaterThan(3);
  expect(names.wanted).toEqual(names.known);
});

it.each([
  "envoy_weft_inbound_handshakes_total",
  "envoy_weft_inbound_authz_total",
  "envoy_sds_update_rejected",
  "envoy_sds_update_success",
  "envoy_cluster_ssl_ciphers",
  "envoy_cluster_ssl_versions",
  "envoy_http_rbac_policy_shadow_denied",
  "envoy_listener_no_filter_chain_match",
  "envoy_cluster_ssl_fail_verify_san",
  "envoy_cluster_circuit_breakers_high_rq_retry_open",
  "envoy_http_rds_update_failure",
  "envoy_listener_manager_listener_in_place_updated",
])("wants %s, which means something by its name alone", (name) => {
  expect(trackSeries({ name, labels: {} })).not.toBeNull();
  expect(isTrackedName(name)).toBe(true);
});
