import type { z } from "zod";

import { sourcedSchema } from "#lib/contract/envelope.ts";
import type { Sourced } from "#lib/model/evidence.ts";

import { offlineProblem, problemFromAnswer, unreadableProblem } from "./api-problem.ts";

export type ApiParams = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

const MAX_PAGES = 20;
const PAGE_SIZE = 1_000;

/** Path with its parameters in a fixed order; what is null, empty or undefined is left out. */
export function apiUrl(path: string, params: ApiParams = {}): string {
  const search = new URLSearchParams();
  for (const key of Object.keys(params).toSorted()) {
    const value = params[key];
    if (value === null || value === undefined) continue;
    const text = typeof value === "object" ? value.join(",") : String(value);
    if (text !== "") search.set(key, text);
  }
  const query = search.toString();
  return query === "" ? path : `${path}?${query}`;
}

async function answerOf<T extends z.ZodType>(url: string, init: RequestInit, value: T): Promise<z.output<T>> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...init });
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    throw offlineProblem(cause);
  }
  let body: unknown;
  try {
    body = await response.json();
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    // A gateway in front that lost the server answers with a page of its own.
    if (response.status >= 502 && response.status <= 504) throw offlineProblem(cause);
    throw unreadableProblem(url, response.status, cause);
  }
  if (!response.ok) throw problemFromAnswer(url, response.status, body);
  const parsed = value.safeParse(body);
  if (!parsed.success) throw unreadableProblem(url, response.status, parsed.error);
  return parsed.data;
}

function signalled(signal: AbortSignal | undefined): RequestInit {
  return signal === undefined ? {} : { signal };
}

/** Reads one answer that has no envelope. Throws `ApiProblem`. */
export async function readPlain<T extends z.ZodType>(path: string, value: T, signal?: AbortSignal): Promise<z.output<T>> {
  return answerOf(path, signalled(signal), value);
}

/** Reads one answer in its envelope. Throws `ApiProblem`. */
export async function readApi<Value>(
  path: string,
  params: ApiParams,
  value: z.ZodType<Value>,
  signal?: AbortSignal,
): Promise<Sourced<Value>> {
  return answerOf(apiUrl(path, params), signalled(signal), sourcedSchema(value));
}

interface Page<Item> {
  items: Item[];
  total: number;
  next: string | null;
}

/** Reads a list to its end, a thousand at a time; `next` stays set when it is longer than twenty such parts. */
export async function readApiList<Item>(
  path: string,
  params: ApiParams,
  page: z.ZodType<Page<Item>>,
  signal?: AbortSignal,
): Promise<Sourced<Page<Item>>> {
  let answer = await readApi(path, { ...params, limit: PAGE_SIZE }, page, signal);
  for (let read = 1; answer.value.next !== null && read < MAX_PAGES; read += 1) {
    const more = await readApi(path, { ...params, limit: PAGE_SIZE, next: answer.value.next }, page, signal);
    answer = { ...more, value: { ...more.value, items: [...answer.value.items, ...more.value.items] } };
  }
  return answer;
}

/** Writes. The token says that this page, not another site, asked for it. Throws `ApiProblem`. */
export async function writeApi<Value>(
  path: string,
  params: ApiParams,
  body: unknown,
  csrfToken: string,
  value: z.ZodType<Value>,
): Promise<Sourced<Value>> {
  const headers: Record<string, string> = { "X-Weft-CSRF": csrfToken };
  const init: RequestInit = { method: "POST", headers };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  return answerOf(apiUrl(path, params), init, sourcedSchema(value));
}
