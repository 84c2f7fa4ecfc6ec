import { defineConfig } from "oxlint";

interface Ban {
  group: string[];
  message: string;
}

/** Who may import whom, as bans per folder. `architecture/imports.test.ts` checks the same from the other side. */
const outside = (...folders: string[]): string[] => folders.flatMap((folder) => [`#${folder}/**`, `**/../${folder}/**`]);

const NO_UI: Ban = {
  group: outside("app", "components"),
  message: "The interface is drawn by app/ and components/ only; hand them data over lib/contract.",
};
const NO_SERVER: Ban = {
  group: outside("server"),
  message: "server/ carries; nothing below it may know it. Take what you need as a port.",
};
const NO_COLLECTORS: Ban = { group: outside("collectors"), message: "Only collectors/ knows vendors. Ask through a port of lib/ports." };
const NO_USECASES: Ban = { group: outside("lib/usecases"), message: "Verbs stand above this folder; it must not know them." };
const NO_DEMO: Ban = { group: outside("demo"), message: "Weft sees the demo only over the network and the file system." };
const NO_FRAMEWORK: Ban = {
  group: ["react", "react-dom", "next", "next/**", "fastify", "node:*"],
  message: "The core knows no framework and no machine: take a port.",
};
const NO_TESTING: Ban = { group: ["#lib/testing/**"], message: "lib/testing is for tests." };

const ban = (files: string[], patterns: Ban[], excludeFiles: string[] = ["**/*.test.ts", "**/*.test.tsx", "**/testing/**"]) => ({
  files,
  excludeFiles,
  rules: { "no-restricted-imports": ["error", { patterns }] as ["error", { patterns: Ban[] }] },
});

const NO_MACHINE: { "no-restricted-globals": ["error", ...{ name: string; message: string }[]] } = {
  "no-restricted-globals": [
    "error",
    { name: "fetch", message: "Take an HttpFetcher." },
    { name: "setTimeout", message: "Take a Scheduler." },
    { name: "setInterval", message: "Take a Scheduler." },
    { name: "process", message: "process.env is read in server/config only; take what you need as an argument." },
  ],
};

export default defineConfig({
  plugins: ["typescript", "import", "react", "jsx-a11y", "unicorn", "oxc", "promise"],
  categories: { correctness: "error", suspicious: "error" },
  options: { typeAware: true },
  ignorePatterns: ["out/**", ".next/**", "node_modules/**", "next-env.d.ts"],
  rules: {
    "import/no-cycle": "error",
    "import/no-unassigned-import": ["error", { allow: ["**/*.css", "@fontsource*/**", "reflect-metadata"] }],
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/ban-ts-comment": "error",
    "typescript/no-floating-promises": "error",
    "typescript/consistent-type-imports": "error",
    "max-lines": ["error", { max: 400, skipBlankLines: false, skipComments: false }],
    "no-console": "error",
    // The JSX runtime is automatic, and shadowing a name inside a short callback is read easily enough.
    "react/react-in-jsx-scope": "off",
    "no-shadow": "off",
    // Assertions stand where a schema or a checksum has proven the shape; each says so in place.
    "typescript/no-unsafe-type-assertion": "off",
    // Vendor-neutral comparisons with a literal read better for optional values.
    "typescript/no-unnecessary-boolean-literal-compare": "off",
    // fast-check is written as `fc.` everywhere, as its own documentation does.
    "import/no-named-as-default-member": "off",
    // The one global by which zod is told not to try eval, which the policy forbids.
    "no-underscore-dangle": ["error", { allow: ["__zod_globalConfig"] }],
    // Waiting for an exit needs no value.
    "promise/always-return": "off",
    // Elements with a role and a key handler of their own are used on the map, where no native element fits.
    "jsx-a11y/prefer-tag-over-role": "off",
  },
  overrides: [
    ban(
      ["lib/model/**"],
      [
        NO_UI,
        NO_SERVER,
        NO_COLLECTORS,
        NO_DEMO,
        NO_FRAMEWORK,
        NO_TESTING,
        { group: ["#lib/**", "../**"], message: "lib/model imports zod only." },
      ],
    ),
    ban(
      ["lib/{graph,red,traces,security,routing,health,canary,validation}/**"],
      [
        NO_UI,
        NO_SERVER,
        NO_COLLECTORS,
        NO_DEMO,
        NO_FRAMEWORK,
        NO_TESTING,
        NO_USECASES,
        { group: ["#lib/ports/**", "#lib/contract/**", "#lib/client/**"], message: "The domain is pure: model in, model out." },
      ],
    ),
    ban(["lib/ports/**"], [NO_UI, NO_SERVER, NO_COLLECTORS, NO_DEMO, NO_FRAMEWORK, NO_TESTING, NO_USECASES]),
    ban(["lib/usecases/**"], [NO_UI, NO_SERVER, NO_COLLECTORS, NO_DEMO, NO_FRAMEWORK, NO_TESTING]),
    ban(["lib/contract/**"], [NO_UI, NO_SERVER, NO_COLLECTORS, NO_DEMO, NO_FRAMEWORK, NO_TESTING, NO_USECASES]),
    ban(["lib/client/**"], [NO_UI, NO_SERVER, NO_COLLECTORS, NO_DEMO, NO_USECASES, NO_TESTING]),
    ban(
      ["collectors/**"],
      [
        NO_UI,
        NO_SERVER,
        NO_DEMO,
        NO_USECASES,
        NO_TESTING,
        { group: ["react", "next", "fastify"], message: "Collectors carry facts, nothing else." },
      ],
    ),
    ban(
      ["components/**"],
      [
        NO_SERVER,
        NO_COLLECTORS,
        NO_DEMO,
        NO_USECASES,
        NO_TESTING,
        { group: ["#lib/ports/**", "#app/**", "node:*"], message: "Components draw; data comes over lib/client and lib/contract." },
      ],
    ),
    ban(
      ["app/**"],
      [NO_SERVER, NO_COLLECTORS, NO_DEMO, NO_USECASES, NO_TESTING, { group: ["#lib/ports/**"], message: "Routes compose components." }],
    ),
    ban(["server/**"], [NO_UI, NO_DEMO, NO_TESTING]),
    ban(["demo/**"], [NO_UI, NO_SERVER, NO_COLLECTORS, NO_TESTING, { group: ["#lib/**"], message: "The demo knows nothing of Weft." }]),
    ban(
      ["peers/**"],
      [NO_UI, NO_SERVER, NO_COLLECTORS, NO_DEMO, NO_TESTING, { group: ["#lib/**"], message: "peers/ imports nothing of the project." }],
    ),
    {
      files: ["lib/{model,graph,red,traces,security,routing,health,canary,validation,ports,usecases}/**"],
      excludeFiles: ["**/*.test.ts"],
      rules: NO_MACHINE,
    },
    { files: ["acceptance/**", "cli/**", "demo/**", "bench/**", "peers/**", "playwright/**"], rules: { "no-console": "off" } },
    // Playwright reads a fixture's needs from its first parameter, which must be a pattern even when it needs nothing.
    { files: ["playwright/**"], rules: { "no-empty-pattern": "off" } },
    // Pages, layouts and configuration files must have a default export; nothing else may.
    { files: ["**/*.test.ts", "**/*.test.tsx", "**/*.spec.ts"], rules: { "max-lines": "off" } },
  ],
});
