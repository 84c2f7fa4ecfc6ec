import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { LineCounter, parseDocument } from "yaml";

import { WeftError } from "#lib/model/errors.ts";

import { aliasMistake, duplicateIds, schemaMistakes, valueOf, yamlMistakes, type Mistake } from "./file-mistakes.ts";
import { ConfigFile, type CollectorEntry, type PrometheusEntry, type TraceSourceEntry } from "./file-schema.ts";
import { fileMistakes, namedFiles } from "./named-files.ts";
import type { MetricsSourceOptions, TraceSourceOptions } from "./options.ts";
import { askedAs } from "./source-fields.ts";

/** What the file says, in the words of `Options`. Paths are whole. */
export interface FileOptions {
  meshName?: string;
  metricsSources?: MetricsSourceOptions[];
  traceSources?: TraceSourceOptions[];
}

/** Either what a file says or every mistake in it, in the order of their lines. */
export type CheckedFile = { ok: true; options: FileOptions } | { ok: false; mistakes: Mistake[] };

/** Reads `weft.yaml`. Throws INVALID with line, field, reason and mend; never with a value of the file. */
export async function readConfigFile(path: string): Promise<FileOptions> {
  return parseConfigFile(await readConfigText(path), path);
}

/** The file's text. Throws INVALID when it cannot be read. */
export async function readConfigText(path: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new WeftError("INVALID", `The configuration ${path} cannot be read${code}`, {
      field: "--config",
      mend: "Name a file with --config",
      cause,
    });
  });
}

/** The same from the file's text. Relative paths in it are meant from the folder of `path`. */
export function parseConfigFile(text: string, path: string): FileOptions {
  const checked = checkConfigText(text, path);
  if (checked.ok) return checked.options;
  throw refusalOf(checked.mistakes, path);
}

/** The first mistake as an error, and how many there are besides. */
export function refusalOf(mistakes: readonly Mistake[], path: string): WeftError {
  const [first = aliasMistake()] = mistakes;
  const more = mistakes.length < 2 ? "" : `; ${mistakes.length - 1} more, all named by ./weft config check --config ${path}`;
  return new WeftError("INVALID", `${path}, ${mistakeText(first)}`, {
    ...(first.field === null ? {} : { field: first.field }),
    mend: `${first.mend}${more}`,
  });
}

/** Where a mistake is and what it is, in one line. */
export function mistakeText({ line, field, reason }: Mistake): string {
  return `line ${line}${field === null ? "" : `, ${field}`}: ${reason}`;
}

/** Finds everything that is wrong with a file's text and with the files that it names; asks nobody over the network. */
export async function checkConfig(text: string, path: string): Promise<CheckedFile> {
  const checked = checkConfigText(text, path);
  const ofFiles = await fileMistakes(namedFiles(text, path));
  if (ofFiles.length === 0) return checked;
  const mistakes = [...(checked.ok ? [] : checked.mistakes), ...ofFiles];
  return { ok: false, mistakes: mistakes.toSorted((a, b) => a.line - b.line) };
}

/** Finds everything that is wrong with a file's text, without touching anything that it names. */
export function checkConfigText(text: string, path: string): CheckedFile {
  const lines = new LineCounter();
  // Pretty errors would repeat the line, and with it perhaps a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const broken = yamlMistakes(document, lines);
  if (document.errors.some(({ code }) => code !== "DUPLICATE_KEY")) return { ok: false, mistakes: broken };
  const value = valueOf(document);
  if (value === undefined) return { ok: false, mistakes: [aliasMistake()] };
  // An empty file says nothing, which is allowed.
  const parsed = ConfigFile.safeParse(value ?? {});
  const wrong = parsed.success ? [] : schemaMistakes(parsed.error, value, document, lines);
  const mistakes = [...broken, ...wrong, ...duplicateIds(document, lines)].toSorted((a, b) => a.line - b.line);
  if (!parsed.success || mistakes.length > 0) return { ok: false, mistakes };
  return { ok: true, options: optionsOf(parsed.data, path) };
}

function optionsOf({ mesh, metrics, traces }: ConfigFile, path: string): FileOptions {
  const whole = (file: string): string => resolve(dirname(path), file);
  return {
    ...(mesh === undefined ? {} : { meshName: mesh }),
    ...(metrics === undefined ? {} : { metricsSources: metrics.map((entry) => metricsOf(entry, whole)) }),
    ...(traces === undefined ? {} : { traceSources: traces.map((entry) => traceOf(entry, whole)) }),
  };
}

function traceOf({ ca, timeout, auth, ...rest }: TraceSourceEntry, whole: (file: string) => string): TraceSourceOptions {
  return { ...rest, ...askedAs({ ca, timeout, auth }, whole) };
}

function metricsOf(entry: PrometheusEntry | CollectorEntry, whole: (file: string) => string): MetricsSourceOptions {
  const { ca, timeout, auth, cert, key, ...rest } = entry;
  const client = cert === undefined || key === undefined ? {} : { certFile: whole(cert), keyFile: whole(key) };
  const asked = { ...askedAs({ ca, timeout, auth }, whole), ...client };
  if (rest.kind === "opentelemetry-collector") {
    const { interval, ...named } = rest;
    return { ...named, ...asked, ...(interval === undefined ? {} : { intervalMs: interval }) };
  }
  const { query, ...named } = rest;
  return { ...named, ...asked, ...(query === undefined ? {} : { parameters: query }) };
}
