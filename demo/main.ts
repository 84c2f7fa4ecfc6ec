import { startRenewal, WALL_CLOCK, type Renewal } from "./certificates/renewal.ts";
import { startControl } from "./control/server.ts";
import { FaultController } from "./faults/controller.ts";
import { startStore, type MetricsStore } from "./metrics/store.ts";
import { parseOptions, type DemoOptions } from "./options.ts";
import { startMesh, type Mesh } from "./supervisor/mesh.ts";
import { writeMeshFile } from "./supervisor/mesh-file.ts";
import { leaveRunFolder } from "./supervisor/run-folder.ts";

const NOTHING_YET = (): void => undefined;

/** Runs the demo mesh in the foreground until it is told to end; answers the exit code. */
async function run(options: DemoOptions): Promise<number> {
  const started = performance.now();
  const told = toldToEnd(options);
  let publish = NOTHING_YET;
  const mesh = await startMesh(options, () => publish());
  let renewal: Renewal | undefined;
  let store: MetricsStore | undefined;
  try {
    const faults = new FaultController(mesh, options.rps);
    const control = await startControl(mesh, faults, options.controlPort);
    await faults.begin();
    // As in a real mesh, there is traffic before anybody begins to keep what is counted of it.
    if (options.prometheus) store = await startStore(mesh);
    renewal = startRenewal(mesh.certificates, WALL_CLOCK, (problem) => console.error(problem));
    publish = () => writeMeshFile(mesh, control.url, store?.url);
    publish();
    console.log(
      `demo mesh up: ${mesh.proxies.size} proxies in ${((performance.now() - started) / 1_000).toFixed(1)} s, control ${control.url}`,
    );
    return await ending(told, mesh);
  } finally {
    publish = NOTHING_YET;
    await renewal?.stop();
    await store?.stop();
    await mesh.stop();
    leaveRunFolder(mesh.dir);
  }
}

async function ending(told: Promise<void>, mesh: Mesh): Promise<number> {
  const problem = await Promise.race([told.then(() => undefined), mesh.broken]);
  if (problem === undefined) return 0;
  console.error(`The demo ends: ${problem}. Its log is in ${mesh.dir.logs}.`);
  return 1;
}

function toldToEnd({ exitWithParent }: DemoOptions): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
    if (!exitWithParent) return;
    process.stdin.once("close", () => resolve());
    process.stdin.once("error", () => resolve());
    process.stdin.resume();
  });
}

try {
  process.exitCode = await run(parseOptions(process.argv.slice(2)));
  process.exit();
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exit(1);
}
