import ELK from "elkjs/lib/elk-api";

import { layoutWithElk } from "../model/elk-layout.ts";
import type { LayoutEngine } from "./layout-engine.ts";

let elk: InstanceType<typeof ELK> | null = null;

/** elk in a worker of its own, so that a large mesh never stops the page. One worker for the life of the page. */
export const elkEngine: LayoutEngine = {
  layout: (input) => {
    elk ??= new ELK({ workerFactory: () => new Worker(new URL("elkjs/lib/elk-worker.min.js", import.meta.url)) });
    return layoutWithElk(elk, input);
  },
};
