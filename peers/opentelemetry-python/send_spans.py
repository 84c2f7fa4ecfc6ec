"""Sends traces with the OpenTelemetry SDK for Python: send_spans.py SDK_FOLDER http|grpc ENDPOINT TRACES CHILDREN SERVICE"""

import sys

sys.path.insert(0, sys.argv[1])

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

protocol, endpoint, traces, children, service = sys.argv[2:7]
if protocol == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=True)
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")

provider = TracerProvider(resource=Resource.create({"service.name": service, "service.namespace": "senders"}))
# A queue larger than all that is sent: the SDK drops what does not fit without a word.
provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=100_000, schedule_delay_millis=200))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("sender")
for number in range(int(traces)):
    with tracer.start_as_current_span("root", kind=trace.SpanKind.SERVER, attributes={"number": number}):
        for child in range(int(children)):
            with tracer.start_as_current_span("work", attributes={"child": child}):
                pass
provider.shutdown()
