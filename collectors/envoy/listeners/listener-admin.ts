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
}

interface ListenerAdminOptions {
  address: string;
  http: HttpFetcher;
  /** Deadline of every single call, milliseconds. */
  timeoutMs: number;
}

const TARGET = "/config_dump?mask=bootstrap.dynamic_resources";
const MAX_BYTES = 64 * 1024;

// `path` as a plain text is the older spelling.
const Source = z.object({ path_config_source: z.object({ path: z.string().optional() }).optional(), path: z.string().optional() });
const Answer = z.object({
  configs: z
    .array(z.object({ bootstrap: z.object({ dynamic_resources: z.object({ lds_config: Source.optional() }).optional() }).optional() }))
    .default([]),
});

/** An `AdminClient` that also tells where the listeners come from. Errors: those of `AdminClient`. */
export function createListenerAdmin(options: ListenerAdminOptions): ListenerAdmin {
  const { address, http, timeoutMs } = options;
  const guarded = allowOnlyPaths(http, ["/config_dump"]);
  return {
    ...createAdminClient(options),
    async listenerFile(signal) {
      const answer = await guarded.get({ url: `${address}${TARGET}`, timeoutMs, maxBytes: MAX_BYTES, signal });
      if (!answer.ok) return answer;
      if (answer.value.status !== 200) return err(refused(address, TARGET, answer.value.status));
      const json = parseJson(answer.value.text);
      if (json === undefined) return err(notText(address, TARGET, answer.value));
      const parsed = Answer.safeParse(json);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        return err(wrongShape(address, TARGET, issue?.path.map(String).join(".") ?? "", issue?.message ?? "it has another shape"));
      }
      const source = parsed.data.configs.find((one) => one.bootstrap !== undefined)?.bootstrap?.dynamic_resources?.lds_config;
      return ok(source?.path_config_source?.path ?? source?.path ?? null);
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
