import type { ChangeJournal } from "#lib/ports/change-journal.ts";
import { parseOptions } from "#server/config/options.ts";
import { startWeft } from "#server/weft.ts";

/**
 * The console as it is, with one addition: this process kills itself without warning at a chosen journal write, before or
 * after the record is on disk. Used by the crash test only.
 */
const [port = "", dataDir = "", proxiesDir = "", routesDir = "", crashAt = "0", moment = "before"] = process.argv.slice(2);

function die(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("not reached");
}

function crashing(journal: ChangeJournal): ChangeJournal {
  let writes = 0;
  return {
    load: () => journal.load(),
    async append(record) {
      writes++;
      if (writes === Number(crashAt) && moment === "before") die();
      const written = await journal.append(record);
      if (writes === Number(crashAt) && moment === "after") die();
      return written;
    },
  };
}

const weft = await startWeft({ ...parseOptions({ port, dataDir, proxiesDir, routesDir }), uiDir: "out", wrapJournal: crashing });
console.log(`ready ${weft.url}`);
