import type { KnipConfig } from "knip";

const config: KnipConfig = {
  entry: [
    "cli/main.ts",
    // Started as processes of their own.
    "demo/main.ts",
    "demo/**/main.ts",
    "acceptance/crashing-weft.ts",
    "acceptance/send-spans.ts",
    "server/**/*worker.ts",
    // Named to vitest by its path.
    "cli/test/vitest-reporter.ts",
    "app/styles/*.css",
  ],
  project: ["{acceptance,app,bench,cli,collectors,components,demo,lib,peers,playwright,server}/**/*.{ts,tsx,css}"],
  playwright: { config: ["playwright/playwright.config.ts"], entry: ["playwright/**/*.spec.ts", "playwright/demo.ts"] },
  // oxfmt is run by name from cli/commands/test.ts; the fonts are read as files by app/fonts.ts.
  ignoreDependencies: ["oxfmt", "@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono"],
  // Types of a Result or a port are part of its contract even before a second caller names them.
  ignoreExportsUsedInFile: true,
};

export default config;
