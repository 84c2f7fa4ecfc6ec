import { WeftError } from "#lib/model/errors.ts";

/** A port per way in; `null` = that way is closed. To ask for: 0 = a free one. */
export interface IngestPorts {
  http: number | null;
  grpc: number | null;
  zipkin: number | null;
}

const ABOUT: Readonly<Record<keyof IngestPorts, { flag: string; what: string }>> = {
  http: { flag: "--otlp-http", what: "OTLP over HTTP" },
  grpc: { flag: "--otlp-grpc", what: "OTLP over gRPC" },
  zipkin: { flag: "--zipkin", what: "Zipkin spans" },
};

/** Says which port could not be had, what it is for, and which flag moves it. */
export function portError(kind: keyof IngestPorts, port: number, cause: unknown): WeftError {
  const { flag, what } = ABOUT[kind];
  const reason = cause instanceof Error ? cause.message : String(cause);
  // The gRPC library gives the system's code inside its text only.
  if (reason.includes("EADDRINUSE")) {
    const mend = `Stop what listens there, or choose another with ${flag}`;
    return new WeftError("CONFLICT", `Port ${port} for ${what} is taken`, { field: flag, mend, cause });
  }
  return new WeftError("INVALID", `Port ${port} for ${what} cannot be opened (${reason})`, {
    field: flag,
    mend: `Choose another with ${flag}`,
    cause,
  });
}
