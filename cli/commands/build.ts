import { buildUi } from "../build/build-ui.ts";

/** `./weft build`: the console's pages, whether or not their source changed. */
export async function build(): Promise<number> {
  await buildUi({ isForced: true });
  return 0;
}
