import type { KnipConfig } from "knip";

const config: KnipConfig = {
  entry: [
    "cli/main.ts",
    // Started as processes of their own.
    "demo/main.ts",
    "demo/**/main.ts",
    "cli/build/finish-export.ts",
    "playwright/**/*.spec.ts",
    "acceptance/crashing-weft.ts",
  ],
  project: ["{acceptance,app,bench,cli,collectors,components,demo,lib,peers,playwright,server}/**/*.{ts,tsx}"],
  // Types of a Result or a port are part of its contract even before a second caller names them.
  ignoreExportsUsedInFile: true,
};

export default config;
