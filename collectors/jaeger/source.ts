import type { ExternalUrl } from "#collectors/shared/assemble-traces.ts";
import { askEach, tooManyServices } from "#collectors/shared/every-service.ts";
import type { HttpIdentity } from "#collectors/shared/http-auth.ts";
import { JsonQuestions, type QuestionParts } from "#collectors/shared/json-questions.ts";
import { OutcomeBoard } from "#collectors/shared/outcome-board.ts";
import { searchDepth } from "#collectors/shared/search-depth.ts";
import { createTraceReader, type Look, type Looked, type Told, type TraceBackEnd } from "#collectors/shared/trace-reader.ts";
import { ok, type Result, type WeftError } from "#lib/model/errors.ts";
import { byName } from "#lib/model/name-order.ts";
import type { Notice } from "#lib/model/evidence.ts";
import type { Trace, TraceService } from "#lib/model/trace.ts";
import type { TraceSource } from "#lib/ports/traces.ts";
import { matchesFilter } from "#lib/traces/match-trace.ts";

import { createApiV1 } from "./api-v1.ts";
import { createApiV3 } from "./api-v3.ts";
import type { JaegerApi } from "./api.ts";
import { askingForErrors, putFilter } from "./put-filter.ts";
import { Searcher } from "./searcher.ts";

export interface JaegerSourceOptions extends HttpIdentity {
  id: string;
  /** Base URL of the query service, with its base path where it has one. */
  url: string;
  timeoutMs: number;
  /** Base URL of its pages as the reader's browser reaches them; left out = traces have no link. */
  externalUrl?: string | undefined;
}

const KIND = "jaeger";
const GIVES = ["traces of its services", "services and operations that it has seen"];
const DIMS = ["traces that only it keeps"];
/**
 * Stores give the traces that came last, in no order within a batch, or those that they find first: a few are not the newest by
 * start. Among this many they nearly always are.
 */
const LEAST_DEPTH = 200;
/**
 * Reads traces from a Jaeger over version 3 of its HTTP interface, and over version 1 where a server has no other. Which one
 * it is, is found out by the first question, and again after a failure.
 */
export function createJaegerSource(options: JaegerSourceOptions, parts: QuestionParts): TraceSource {
  const { id, url, externalUrl } = options;
  const { clock } = parts;
  const board = new OutcomeBoard({ id, kind: KIND, address: url, gives: GIVES, dims: DIMS, clock });
  const linkOf: ExternalUrl = (traceId) => (externalUrl === undefined ? null : `${externalUrl.replace(/\/+$/, "")}/trace/${traceId}`);
  const about = { ...options, program: "a Jaeger" };
  const questions = new JsonQuestions(about, parts, board);
  // What may fail without meaning anything: whether an interface is there is asked by trying it.
  const tries = new JsonQuestions(about, parts, { answered: () => undefined, failed: () => undefined });
  const v3 = createApiV3(id, questions, linkOf);
  const v1 = createApiV1(id, questions, linkOf);
  const searcher = new Searcher(id);
  let api: JaegerApi | null = null;

  async function chooseApi(signal: AbortSignal | undefined): Promise<JaegerApi> {
    if (api !== null) return api;
    const newer = await createApiV3(id, tries, linkOf).services(signal);
    if (newer.ok) api = v3;
    else if (isNoJaeger(newer.error)) {
      const older = await createApiV1(id, tries, linkOf).services(signal);
      if (older.ok) api = v1;
    }
    // Where neither answered, the question itself will say why.
    return api ?? v3;
  }

  /** After an answer that is no Jaeger's, another program or version may stand at the address. */
  function noting<T>(result: Result<T>): Result<T> {
    if (!result.ok && isNoJaeger(result.error)) api = null;
    return result;
  }

  const backEnd: TraceBackEnd = {
    adapt: (filter) => ({ filter, notices: [] }),
    async greet() {
      const by = await chooseApi(undefined);
      return noting(await by.services(undefined));
    },
    async services(signal) {
      const by = await chooseApi(signal);
      const services = noting(await by.services(signal));
      if (!services.ok) return services;
      const { names, query } = services.value;
      const ordered = names.toSorted(byName);
      const told = await askEach(ordered, (service) => by.operations(service, signal));
      if (!told.ok) return told;
      const value = ordered.map((service, index): TraceService => {
        const operations = (told.value[index] ?? []).toSorted((a, b) => byName(a.name, b.name));
        return { service, namespace: null, versions: [], operations: operations.map((operation) => ({ ...operation, spans: null })) };
      });
      return ok({ value, query, notices: tooManyServices(id, ordered, "the operations") });
    },
    async look(filter, limit, signal): Promise<Result<Told<Look>>> {
      const by = await chooseApi(signal);
      const { search, untold } = putFilter(filter);
      const depth = Math.max(LEAST_DEPTH, searchDepth(limit, untold.length > 0 || filter.status !== null));
      const asked = [searcher.wide(by, search, depth, true, signal)];
      // A failure that only a status code tells has no status to ask for; the newest traces are looked through for it.
      if (filter.status === "error")
        asked.push(searcher.wide(by, askingForErrors(search), Math.max(LEAST_DEPTH, limit + 1), false, signal));
      const answers: Looked[] = [];
      const notices: Notice[] = [];
      let query = "";
      for (const answer of await Promise.all(asked)) {
        const noted = noting(answer);
        if (!noted.ok) return noted;
        answers.push(noted.value.value);
        notices.push(...noted.value.notices);
        query ||= noted.value.query;
      }
      const [first] = answers;
      // Servers that search by attributes in version 1 only pass them over in version 3, and give what else is newest.
      const isPassedOver =
        by === v3 && first?.isFull === true && first.traces.some((trace) => !matchesFilter(trace, { ...filter, status: null }));
      if (Object.keys(search.attributes).length > 0 && search.service !== null && isPassedOver) {
        const older = await searcher.once(createApiV1(id, tries, linkOf), search, depth, true, signal);
        if (older.ok) answers.push(older.value.value);
      }
      return ok({ value: { answers, untold }, query, notices });
    },
    async trace(traceId, signal): Promise<Result<Told<Trace | null>>> {
      const by = await chooseApi(signal);
      const answer = noting(await by.trace(traceId, signal));
      if (!answer.ok) return answer;
      const { traces, notices, query } = answer.value;
      return ok({ value: traces.find((trace) => trace.id === traceId) ?? null, query, notices });
    },
  };
  return createTraceReader({ id, kind: KIND, clock, board, backEnd });
}

/** What answered is no Jaeger of the version that was asked: a web page at every path, or nothing at this one. */
function isNoJaeger({ code }: WeftError): boolean {
  return code === "SOURCE_MALFORMED" || code === "SOURCE_REFUSED";
}
