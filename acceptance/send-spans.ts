import { context, SpanKind, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as HttpExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeSDK } from "@opentelemetry/sdk-node";

/** Sends traces with the OpenTelemetry SDK for JavaScript: http|grpc ENDPOINT TRACES CHILDREN SERVICE. */
const [protocol = "http", endpoint = "", traces = "1", children = "1", service = "sender"] = process.argv.slice(2);
process.env["OTEL_RESOURCE_ATTRIBUTES"] = `service.name=${service},service.namespace=senders`;
// A queue larger than all that is sent: the SDK drops what does not fit without a word.
process.env["OTEL_BSP_MAX_QUEUE_SIZE"] = "100000";

const sdk = new NodeSDK({
  traceExporter: protocol === "grpc" ? new GrpcExporter({ url: `http://${endpoint}` }) : new HttpExporter({ url: `${endpoint}/v1/traces` }),
});
sdk.start();
const tracer = trace.getTracer("sender");
for (let number = 0; number < Number(traces); number++) {
  const root = tracer.startSpan("root", { kind: SpanKind.SERVER, attributes: { number } });
  const within = trace.setSpan(context.active(), root);
  for (let child = 0; child < Number(children); child++) tracer.startSpan("work", { attributes: { child } }, within).end();
  root.end();
}
await sdk.shutdown();
