import type { Instance } from "../mesh/plan.ts";
import { type, type JsonObject } from "./json.ts";

/** Every request traced, two spans a hop: CLIENT at the caller's proxy, SERVER at the callee's. */
export function tracing(instance: Instance): JsonObject {
  return {
    random_sampling: { value: 100 },
    custom_tags: [
      { tag: "weft.version", literal: { value: instance.version } },
      { tag: "weft.peer", value: "%DOWNSTREAM_PEER_URI_SAN%" },
      { tag: "weft.route", value: "%ROUTE_NAME%" },
    ],
    provider: {
      name: "envoy.tracers.opentelemetry",
      typed_config: {
        "@type": type("envoy.config.trace.v3.OpenTelemetryConfig"),
        service_name: instance.service,
        grpc_service: { timeout: "0.5s", envoy_grpc: { cluster_name: "otlp" } },
        resource_detectors: [
          {
            name: "envoy.tracers.opentelemetry.resource_detectors.static_config",
            typed_config: {
              "@type": type("envoy.extensions.tracers.opentelemetry.resource_detectors.v3.StaticConfigResourceDetectorConfig"),
              attributes: {
                "service.version": instance.version,
                "service.namespace": instance.namespace,
                "service.instance.id": instance.id,
              },
            },
          },
        ],
      },
    },
  };
}
