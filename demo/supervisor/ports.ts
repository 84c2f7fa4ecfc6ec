import { createServer } from "node:net";

/**
 * Below the range from which Linux (32768 up) and macOS (49152 up) take the source ports of outgoing connections: a port of a proxy
 * that is down must still be free when the proxy comes back.
 */
const LOWEST = 20_000;
const HIGHEST = 32_700;

/** Ports on 127.0.0.1 that are free now. All are held until all are found, so that none is found twice. */
export async function findFreePorts(count: number, startAt = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))): Promise<number[]> {
  const found: number[] = [];
  const holders: (() => Promise<void>)[] = [];
  const range = HIGHEST - LOWEST;
  for (let step = 0; step < range && found.length < count; step += 1) {
    const port = LOWEST + ((startAt - LOWEST + step) % range);
    const release = await hold(port);
    if (release === undefined) continue;
    found.push(port);
    holders.push(release);
  }
  await Promise.all(holders.map((release) => release()));
  if (found.length < count) throw new Error(`only ${found.length} of ${count} ports are free between ${LOWEST} and ${HIGHEST}`);
  return found;
}

/** Whether every loopback address can be used, as on Linux, or only 127.0.0.1, as on macOS. */
export async function hasOwnAddresses(example: string): Promise<boolean> {
  const release = await hold(0, example);
  await release?.();
  return release !== undefined;
}

function hold(port: number, address = "127.0.0.1"): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: address, exclusive: true }, () => {
      resolve(() => new Promise((released) => void server.close(() => released())));
    });
  });
}
