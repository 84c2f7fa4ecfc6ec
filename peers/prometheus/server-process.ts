export type { ServerProcess } from "../shared/server-process.ts";
