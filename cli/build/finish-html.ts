import { createHash } from "node:crypto";

const SCRIPT = /<script([^>]*)>([\s\S]*?)<\/script>/g;
const BOOT = '<script src="/boot.js"></script>';
const HEAD = "<head>";
const HAS_SRC = /\ssrc=/;

/** Address under which the moved scripts are served; beside the other immutable files of the build. */
export const INLINE_FOLDER = "_next/static/inline";

/** A page ready for a constant Content-Security-Policy, and the scripts that left it, by file name. */
export interface FinishedHtml {
  html: string;
  scripts: ReadonlyMap<string, string>;
}

/**
 * Moves every inline script of an exported page into a file named by its SHA-256, in place and in order, and puts boot.js
 * before every other script. Throws for a page that the policy would break: a `<style>`, a `style=` or no boot.js.
 */
export function finishHtml(page: string, html: string): FinishedHtml {
  if (!html.includes(BOOT)) throw new Error(`${page} does not load boot.js, so it would have no Trusted Types policy.`);
  const scripts = new Map<string, string>();
  const moved = html.replace(SCRIPT, (whole, attributes: string, body: string) => {
    if (HAS_SRC.test(attributes) || body === "") return whole;
    const name = `${createHash("sha256").update(body).digest("hex")}.js`;
    scripts.set(name, body);
    return `<script${attributes} src="/${INLINE_FOLDER}/${name}"></script>`;
  });
  // The build lists its own scripts first; async ones may run as soon as they are there, before the policy exists.
  const booted = moved.replace(BOOT, "").replace(HEAD, `${HEAD}${BOOT}`);
  for (const forbidden of [/<style[\s>]/i, /<[^>]+\sstyle=["']/i]) {
    const found = forbidden.exec(booted);
    if (found === null) continue;
    const around = booted.slice(Math.max(0, found.index - 40), found.index + 160);
    throw new Error(`${page} holds styles in its HTML, which the Content-Security-Policy refuses: ${around}`);
  }
  return { html: booted, scripts };
}
