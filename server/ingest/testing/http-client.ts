import { request, type IncomingHttpHeaders } from "node:http";

export interface Sent {
  method?: string;
  headers?: Record<string, string | string[]>;
  /** Several = chunked, without a length. */
  body?: Buffer | string | Iterable<Buffer>;
}

export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  bytes: Buffer;
  /** The text as JSON; throws when it is none. */
  json(): unknown;
}

export const PROTOBUF = { "content-type": "application/x-protobuf" };
export const JSON_TYPE = { "content-type": "application/json" };

/** Sends one request by a connection of its own, and reads the answer, which may come before the whole body is out. */
export function send(url: string, { method = "POST", headers = {}, body = "" }: Sent = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const sending = request(url, { method, headers, agent: false }, (response) => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, bytes, json: () => JSON.parse(text) as unknown });
        sending.destroy();
      });
    });
    sending.on("error", (error) => {
      if (!isAnswered) reject(error);
    });
    if (typeof body === "string" || Buffer.isBuffer(body)) {
      sending.end(body);
      return;
    }
    for (const chunk of body) sending.write(chunk);
    sending.end();
  });
}
