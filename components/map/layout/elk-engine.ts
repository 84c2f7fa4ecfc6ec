import ELK from "elkjs/lib/elk-api";

import { layoutWithElk } from "../model/elk-layout.ts";
import type { LayoutInput, Positions } from "../model/layout-input.ts";
import { quickLayout } from "../model/quick-layout.ts";
import type { LayoutEngine } from "./layout-engine.ts";

/** A reader waits no longer than this for a careful picture of a large mesh. */
const PATIENCE_MS = 5_000;
/** A picture of few lines is ready in an instant once the worker runs, which on a busy machine takes its time. */
const FEW_LINES = 200;
const START_PATIENCE_MS = 30_000;
/** Beyond this many lines the careful layout has never come back in time. */
const MOST_LINES = 1_200;

let elk: InstanceType<typeof ELK> | null = null;

/**
 * elk in a worker of its own, so that a large mesh never stops the page. A mesh that is too dense for it gets the quick
 * layout instead: a plainer picture at once rather than a better one that nobody waits for.
 */
export const elkEngine: LayoutEngine = {
  layout: async (input) => {
    if (input.edges.length > MOST_LINES) return quickLayout(input);
    return (await careful(input)) ?? quickLayout(input);
  },
};

async function careful(input: LayoutInput): Promise<Positions | null> {
  elk ??= new ELK({ workerFactory: () => new Worker(new URL("elkjs/lib/elk-worker.min.js", import.meta.url)) });
  const running = elk;
  const { promise: timeout, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), input.edges.length <= FEW_LINES ? START_PATIENCE_MS : PATIENCE_MS);
  try {
    const places = await Promise.race([layoutWithElk(running, input), timeout]);
    if (places === null) discard(running);
    return places;
  } catch {
    discard(running);
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** A worker that hangs or broke is not asked again. */
function discard(broken: InstanceType<typeof ELK>): void {
  broken.terminateWorker();
  if (elk === broken) elk = null;
}
