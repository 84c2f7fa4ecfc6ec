import { JAEGER_MODULE, JAEGER_VERSION } from "./release.ts";

/**
 * The `go.mod` of a module that only requires Jaeger. `go install` refuses a module that replaces one of its own
 * dependencies, so those replacements are repeated here, as are exclusions; a replacement by a folder cannot be.
 */
export function wrapperModule(original: string): string {
  const language = /^go (\S+)$/m.exec(original)?.[1] ?? "1.24";
  return [
    "module jaeger-wrapper",
    `go ${language}`,
    `require ${JAEGER_MODULE} v${JAEGER_VERSION}`,
    ...directives(original, "replace").filter((line) => / => \S+ v\S+$/.test(line)),
    ...directives(original, "exclude"),
    "",
  ].join("\n");
}

/** Lines of one directive, written singly or in a block, each in its single form and without its comment. */
function directives(original: string, word: string): string[] {
  const found: string[] = [];
  let isInside = false;
  for (const raw of original.split("\n")) {
    const line = raw.replace(/\/\/.*$/, "").trim();
    if (line === `${word} (`) isInside = true;
    else if (line === ")") isInside = false;
    else if (isInside && line !== "") found.push(`${word} ${line}`);
    else if (line.startsWith(`${word} `)) found.push(line);
  }
  return found;
}
