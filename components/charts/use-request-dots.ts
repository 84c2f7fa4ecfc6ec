"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation.js";

import { stretchOf } from "#lib/client/moment.ts";
import { useAskedAt } from "#lib/client/use-asked-at.ts";
import { exemplarsQuery } from "#lib/client/trace-queries.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useReceivesSpans } from "#lib/client/use-receives-spans.ts";
import type { Exemplar } from "#lib/model/trace.ts";

import type { ChartDot } from "./chart-spec.ts";
import { requestOf } from "./request-dots.ts";

const NONE: readonly Exemplar[] = [];

/** Requests behind a chart, and how a press on one opens its trace. Where no spans are received there are none, and nothing else is missing. */
export function useRequestDots(subject: string, shownMs: number): { exemplars: readonly Exemplar[]; openRequest: (dot: ChartDot) => void } {
  const router = useRouter();
  const hrefTo = useHref();
  // The mesh as a whole has no request that stands for it.
  const asked = subject === "mesh" ? "" : subject;
  const isReceiving = useReceivesSpans() === true;
  const answer = useQuery({ ...exemplarsQuery(asked, stretchOf(shownMs, useAskedAt()), isReceiving), retry: false });
  return {
    exemplars: answer.data?.value.items ?? NONE,
    openRequest: (dot) => router.push(hrefTo("/trace", requestOf(dot.key))),
  };
}
