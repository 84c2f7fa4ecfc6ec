import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface PlainServer {
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  readonly host: string;
  /** Every request's method and URL, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A node:http server on a free port, for tests that need a server to misbehave. */
export async function startPlainServer(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<PlainServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
