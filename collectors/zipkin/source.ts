import { z } from "zod";

import type { ExternalUrl } from "#collectors/shared/assemble-traces.ts";
import { decodeTraces, type DecodedTraces } from "#collectors/shared/decode-answer.ts";
import { askEach, tooManyServices } from "#collectors/shared/every-service.ts";
import type { HttpIdentity } from "#collectors/shared/http-auth.ts";
import { JsonQuestions, type Question, type QuestionParts } from "#collectors/shared/json-questions.ts";
import { SPAN_LIMITS } from "#collectors/shared/otlp/limits.ts";
import { OutcomeBoard } from "#collectors/shared/outcome-board.ts";
import { askWithinBounds, searchDepth } from "#collectors/shared/search-depth.ts";
import { createTraceReader, type Look, type Looked, type Told, type TraceBackEnd } from "#collectors/shared/trace-reader.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import { byName } from "#lib/model/name-order.ts";
import type { Notice } from "#lib/model/evidence.ts";
import type { Trace, TraceFilter } from "#lib/model/trace.ts";
import type { TraceSource } from "#lib/ports/traces.ts";

import { decodeZipkinSpans } from "./intake/decode-zipkin.ts";
import { askingForErrors, putFilter } from "./put-filter.ts";

export interface ZipkinSourceOptions extends HttpIdentity {
  id: string;
  /** Base URL of the server, in front of `/api/v2`. */
  url: string;
  timeoutMs: number;
  /** Base URL of its pages as the reader's browser reaches them; left out = traces have no link. */
  externalUrl?: string | undefined;
}

const KIND = "zipkin";
const GIVES = ["traces of its services", "services and operations that it has seen"];
const DIMS = ["traces that only it keeps"];

const Names = z.array(z.string());
/** Its spans are read by the decoder of Zipkin's intake; here only that they are spans in lists. */
const TraceLists = z.array(z.array(z.looseObject({})));

/**
 * Reads traces from a Zipkin over its API v2. It knows neither namespaces nor versions, keeps names in lower case, and tells
 * what is not there by a list without elements, or by 404 for a single trace.
 */
export function createZipkinSource(options: ZipkinSourceOptions, parts: QuestionParts): TraceSource {
  const { id, url, externalUrl } = options;
  const { clock } = parts;
  const board = new OutcomeBoard({ id, kind: KIND, address: url, gives: GIVES, dims: DIMS, clock });
  const questions = new JsonQuestions({ ...options, program: "a Zipkin" }, parts, board);
  const linkOf: ExternalUrl = (traceId) =>
    externalUrl === undefined ? null : `${externalUrl.replace(/\/+$/, "")}/zipkin/traces/${shortest(traceId)}`;

  async function find(question: Question): Promise<Result<DecodedTraces & { given: number }>> {
    const answer = await questions.askText(question);
    if (!answer.ok) return answer;
    const lists = questions.parse(question, answer.value.text, TraceLists);
    if (!lists.ok) return lists;
    const spans = JSON.stringify(lists.value.flat());
    const decoded = decodeTraces(id, questions, question, answer.value, () => decodeZipkinSpans(spans, SPAN_LIMITS), linkOf);
    return decoded.ok ? ok({ ...decoded.value, given: lists.value.length }) : decoded;
  }

  async function lookOnce(
    parameters: Question["parameters"],
    depth: number,
    isSound: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Result<Told<Looked>>> {
    const questionOf = (limit: number): Question => ({ path: "/api/v2/traces", parameters: { ...parameters, limit }, signal });
    const { depth: asked, result } = await askWithinBounds(depth, (limit) => find(questionOf(limit)));
    if (!result.ok) return result;
    const { traces, notices, given } = result.value;
    return ok({ value: { traces, isFull: given >= asked, isSound }, query: questions.address(questionOf(asked)), notices });
  }

  const backEnd: TraceBackEnd = {
    adapt(filter) {
      const folded = { ...filter, service: filter.service?.toLowerCase() ?? null, operation: filter.operation?.toLowerCase() ?? null };
      const notices = [
        ...(filter.namespace === null ? [] : [namespaceNotice(id, filter)]),
        ...(filter.version === null ? [] : [versionNotice(id, filter.version)]),
      ];
      return { filter: { ...folded, namespace: null }, notices };
    },
    greet: () => questions.ask({ path: "/api/v2/services" }, Names),
    async services(signal) {
      const question: Question = { path: "/api/v2/services", signal };
      const services = await questions.ask(question, Names);
      if (!services.ok) return services;
      const names = services.value.toSorted(byName);
      const told = await askEach(names, (serviceName) =>
        questions.ask({ path: "/api/v2/spans", parameters: { serviceName }, signal }, Names),
      );
      if (!told.ok) return told;
      const value = names.map((service, index) => ({
        service,
        namespace: null,
        versions: [],
        operations: (told.value[index] ?? []).toSorted(byName).map((name) => ({ name, kind: null, spans: null })),
      }));
      return ok({ value, query: questions.address(question), notices: tooManyServices(id, names, "the operations") });
    },
    async look(filter, limit, signal): Promise<Result<Told<Look>>> {
      const search = putFilter(filter);
      const depth = searchDepth(limit, search.untold.length > 0 || filter.terms.length > 0 || filter.status !== null);
      const asked = [lookOnce(search.parameters, depth, true, signal)];
      // A failure that only a status code tells carries no tag to ask for; the newest traces are looked through for it.
      if (filter.status === "error") asked.push(lookOnce(askingForErrors(search), limit + 1, false, signal));
      const answers: Looked[] = [];
      const notices: Notice[] = [];
      let query = "";
      for (const answer of await Promise.all(asked)) {
        if (!answer.ok) return answer;
        answers.push(answer.value.value);
        notices.push(...answer.value.notices);
        query ||= answer.value.query;
      }
      return ok({ value: { answers, untold: search.untold }, query, notices });
    },
    async trace(traceId, signal): Promise<Result<Told<Trace | null>>> {
      const question: Question = { path: `/api/v2/trace/${shortest(traceId)}`, alsoTake: [404], signal };
      const answer = await questions.askText(question);
      if (!answer.ok) return answer;
      const query = questions.address(question);
      // Its 404 names the id; any other one comes from something that is no Zipkin.
      if (answer.value.status === 404) {
        if (!answer.value.text.includes(traceId.slice(-16)))
          return questions.fail(questions.refused(question.path, 404, answer.value.text));
        questions.accepted(answer.value);
        return ok({ value: null, query, notices: [] });
      }
      const { text } = answer.value;
      const decoded = decodeTraces(id, questions, question, answer.value, () => decodeZipkinSpans(text, SPAN_LIMITS), linkOf);
      if (!decoded.ok) return decoded;
      const { traces, notices } = decoded.value;
      return ok({ value: traces.find((trace) => trace.id === traceId) ?? null, query, notices });
    },
  };
  return createTraceReader({ id, kind: KIND, clock, board, backEnd });
}

/** Zipkin calls a trace by 16 digits when the other 16 are zeros. */
function shortest(traceId: string): string {
  return traceId.startsWith("0".repeat(16)) ? traceId.slice(16) : traceId;
}

function namespaceNotice(source: string, { service, namespace }: TraceFilter): Notice {
  const text = `${source} knows no namespaces: these are traces of any service called ${service ?? ""}, not only of the one in ${namespace ?? ""}.`;
  return { level: "warning", code: "NAMESPACE_UNKNOWN", text, source, mend: null };
}

function versionNotice(source: string, version: string): Notice {
  const text = `${source} tells no versions of services, so that no trace of it is known to be of version ${version}.`;
  return { level: "warning", code: "VERSION_UNKNOWN", text, source, mend: "Search without a version, or in another source." };
}
