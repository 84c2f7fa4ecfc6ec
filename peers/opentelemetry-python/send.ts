import { execFile } from "node:child_process";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { readEnvironment } from "../envoy/environment.ts";

const run = promisify(execFile);

/** The release whose spans were looked at; pinned, since exporters change what they put on the wire. */
const RELEASE = "1.45.2";
const PACKAGES = ["opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http", "opentelemetry-exporter-otlp-proto-grpc"];
const INSTALL_LIMIT_MS = 180_000;
const SEND_LIMIT_MS = 60_000;

/** The SDK for Python cannot be had here; the message says what to install. */
export class PythonSdkUnavailable extends Error {
  override readonly name = "PythonSdkUnavailable";
}

/** A folder with the SDK, fetched with pip into the cache once. @throws PythonSdkUnavailable */
async function resolveSdk(): Promise<string> {
  const folder = join(readEnvironment().cacheDir, `opentelemetry-python-${RELEASE}`);
  if (
    await access(folder).then(
      () => true,
      () => false,
    )
  )
    return folder;
  const part = `${folder}.${process.pid}.part`;
  try {
    await mkdir(part, { recursive: true });
    const wanted = PACKAGES.map((name) => `${name}==${RELEASE}`);
    await run("python3", ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", part, ...wanted], {
      timeout: INSTALL_LIMIT_MS,
    });
    // Another process may have been quicker; its folder is as good.
    await rename(part, folder).catch(() => undefined);
    return folder;
  } catch (cause) {
    throw new PythonSdkUnavailable("The OpenTelemetry SDK for Python could not be fetched: install Python 3 with pip.", { cause });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

export interface Sending {
  protocol: "http" | "grpc";
  /** `http://127.0.0.1:4318` for HTTP, `127.0.0.1:4317` for gRPC. */
  endpoint: string;
  traces: number;
  /** Spans below the root of each trace. */
  children: number;
  service: string;
}

/** Sends traces with the real SDK and waits until it has flushed them. @throws PythonSdkUnavailable */
export async function sendWithPython(sending: Sending): Promise<void> {
  const sdk = await resolveSdk();
  const { protocol, endpoint, traces, children, service } = sending;
  const script = join(import.meta.dirname, "send_spans.py");
  await run("python3", [script, sdk, protocol, endpoint, String(traces), String(children), service], {
    timeout: SEND_LIMIT_MS,
  });
}
