import { DemoMesh } from "../acceptance/demo-mesh.ts";

/** One demo for all journeys. The addresses travel to the workers in the environment. */
export default async function startDemo(): Promise<() => Promise<void>> {
  const mesh = await DemoMesh.start();
  process.env["WEFT_URL"] = mesh.state.url;
  process.env["WEFT_CONTROL_URL"] = mesh.state.controlUrl;
  return () => mesh.stop();
}
