import { z } from "zod";

import { allowOnlyPaths } from "#collectors/shared/allowed-paths.ts";
import { err, ok, type Result } from "#lib/model/errors.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";

import { createAdminClient, type AdminClient } from "../admin/client.ts";
import { notText, refused, wrongShape } from "../admin/failures.ts";

/** The questions that a change of listeners asks of a proxy's admin. */
export interface ListenerAdmin extends Pick<AdminClient, "certs" | "config" | "processStart" | "serverInfo" | "stats"> {
  /** The file that its listeners come from, as its bootstrap writes the path; `null` = they come from no file. */
  listenerFile(signal?: AbortSignal): Promise<Result<string | null>>;
  /**
   * Version of the last listener file of which it took anything; empty = of none. A listener whose filter chains alone
   * change keeps the version that it first came with (seen on 1.40), so this one is what a proof needs.
   */
  listenersVersion(signal?: AbortSignal): Promise<Result<string>>;
}

interface ListenerAdminOptions {
  address: string;
  http: HttpFetcher;
  /** Deadline of every single call, milliseconds. */
  timeoutMs: number;
}

const SOURCE_TARGET = "/config_dump?mask=bootstrap.dynamic_resources";
const VERSION_TARGET = "/config_dump?mask=version_info";
const MAX_BYTES = 64 * 1024;

// `path` as a plain text is the older spelling.
const Source = z.object({ path_config_source: z.object({ path: z.string().optional() }).optional(), path: z.string().optional() });
const SourceAnswer = z.object({
  configs: z
    .array(z.object({ bootstrap: z.object({ dynamic_resources: z.object({ lds_config: Source.optional() }).optional() }).optional() }))
    .default([]),
});
const VersionAnswer = z.object({ configs: z.array(z.object({ "@type": z.string(), version_info: z.string().default("") })).default([]) });

/** An `AdminClient` that also tells where the listeners come from. Errors: those of `AdminClient`. */
export function createListenerAdmin(options: ListenerAdminOptions): ListenerAdmin {
  const { address, http, timeoutMs } = options;
  const guarded = allowOnlyPaths(http, ["/config_dump"]);

  async function ask<T extends z.ZodType>(target: string, schema: T, signal: AbortSignal | undefined): Promise<Result<z.infer<T>>> {
    const answer = await guarded.get({ url: `${address}${target}`, timeoutMs, maxBytes: MAX_BYTES, signal });
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return err(refused(address, target, answer.value.status));
    const json = parseJson(answer.value.text);
    if (json === undefined) return err(notText(address, target, answer.value));
    const parsed = schema.safeParse(json);
    if (parsed.success) return ok(parsed.data);
    const [issue] = parsed.error.issues;
    return err(wrongShape(address, target, issue?.path.map(String).join(".") ?? "", issue?.message ?? "it has another shape"));
  }

  return {
    ...createAdminClient(options),
    async listenerFile(signal) {
      const answer = await ask(SOURCE_TARGET, SourceAnswer, signal);
      if (!answer.ok) return answer;
      const source = answer.value.configs.find((one) => one.bootstrap !== undefined)?.bootstrap?.dynamic_resources?.lds_config;
      return ok(source?.path_config_source?.path ?? source?.path ?? null);
    },
    async listenersVersion(signal) {
      const answer = await ask(VERSION_TARGET, VersionAnswer, signal);
      return answer.ok ? ok(answer.value.configs.find((one) => one["@type"].endsWith(".ListenersConfigDump"))?.version_info ?? "") : answer;
    },
  };
}

/** `undefined` for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
