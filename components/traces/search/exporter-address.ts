/**
 * The address for `OTEL_EXPORTER_OTLP_ENDPOINT` (OpenTelemetry, exporter configuration) in what a receiver says of itself;
 * `null` = it names no address for OTLP over HTTP.
 */
export function exporterAddress(text: string): string | null {
  const found = /\bOTLP\/HTTP\s+(https?:\/\/[^\s,'"$`\\;&|<>()]+)/i.exec(text)?.[1];
  return found?.replace(/\/v1\/traces\/?$/, "").replace(/\/$/, "") ?? null;
}
