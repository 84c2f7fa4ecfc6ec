import { askEach } from "#collectors/shared/every-service.ts";
import { isTooLong } from "#collectors/shared/json-questions.ts";
import { askWithinBounds } from "#collectors/shared/search-depth.ts";
import type { Looked, Told } from "#collectors/shared/trace-reader.ts";
import { ok, type Result, type WeftError } from "#lib/model/errors.ts";
import { byName } from "#lib/model/name-order.ts";
import type { Notice } from "#lib/model/evidence.ts";

import type { JaegerApi } from "./api.ts";
import type { JaegerSearch } from "./put-filter.ts";

/** Where a search without a service has to be put to each service by itself. */
const MOST_SEARCHED = 20;

/** Puts searches to one Jaeger, and remembers whether it wants a service named. */
export class Searcher {
  readonly #sourceId: string;
  #refusing: JaegerApi | null = null;

  constructor(sourceId: string) {
    this.#sourceId = sourceId;
  }

  async once(
    api: JaegerApi,
    search: JaegerSearch,
    limit: number,
    isSound: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Result<Told<Looked>>> {
    const { depth, result } = await askWithinBounds(limit, (asked) => api.search(search, asked, signal), isTooMuch);
    if (!result.ok) return result;
    const { traces, notices, query } = result.value;
    return ok({ value: { traces, isFull: traces.length >= depth, isSound }, query, notices });
  }

  /** Without a service it asks for all at once, and for every service where the server, or the store behind it, refuses that. */
  async wide(
    api: JaegerApi,
    search: JaegerSearch,
    depth: number,
    isSound: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Result<Told<Looked>>> {
    if (search.service !== null) return this.once(api, search, depth, isSound, signal);
    if (api.searchesAllServices && this.#refusing !== api) {
      const plain = await this.once(api, search, depth, isSound, signal);
      if (plain.ok || plain.error.code !== "SOURCE_REFUSED") return plain;
    }
    const each = await this.#eachService(api, search, depth, isSound, signal);
    if (each.ok) this.#refusing = api;
    return each;
  }

  async #eachService(
    api: JaegerApi,
    search: JaegerSearch,
    depth: number,
    isSound: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Result<Told<Looked>>> {
    const services = await api.services(signal);
    if (!services.ok) return services;
    const names = services.value.names.toSorted(byName);
    const each = await askEach(names.slice(0, MOST_SEARCHED), (service) => this.once(api, { ...search, service }, depth, isSound, signal));
    if (!each.ok) return each;
    const isCut = names.length > MOST_SEARCHED;
    const looked: Looked = {
      traces: each.value.flatMap(({ value }) => [...value.traces]),
      isFull: isCut || each.value.some(({ value }) => value.isFull),
      isSound,
    };
    const notices = each.value.flatMap((one) => one.notices);
    if (isCut) notices.push(searchedNotice(this.#sourceId, names.length));
    return ok({ value: looked, query: each.value[0]?.query ?? services.value.query, notices });
  }
}

/** A store in memory answers 500 when more traces are asked for than it can keep. */
function isTooMuch(error: WeftError): boolean {
  return isTooLong(error) || error.message.includes("search depth");
}

function searchedNotice(source: string, services: number): Notice {
  const text = `${source} searches by service only, and has ${services} of them; the first ${MOST_SEARCHED} by name were searched.`;
  return { level: "warning", code: "TOO_MANY_SERVICES", text, source, mend: "Name a service." };
}
