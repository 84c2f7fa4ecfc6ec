import { z } from "zod";

import type { WhatIfScope } from "#lib/model/security.ts";

/** Windows that the console offers; any whole number of seconds from 5 to 3600 is accepted. */
export const WINDOW_CHOICES = ["60s", "300s", "900s", "3600s"] as const;

const WINDOW_PATTERN = /^(\d{1,4})s$/;

/** Length of a window, `60s` and the like, turned into milliseconds. */
export const WindowParam = z
  .string()
  .regex(WINDOW_PATTERN, "a whole number of seconds such as 60s")
  .transform((text) => Number(text.slice(0, -1)) * 1000)
  .refine((ms) => ms >= 5_000 && ms <= 3_600_000, "between 5s and 3600s");

const InstantParam = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** End of the window; left out = now. An instant that has not come yet counts as now. */
const AtParam = InstantParam.optional();

/** Comma-separated list; empty = no filter. */
const ListParam = z
  .string()
  .max(2_000)
  .transform((text) => text.split(",").filter((part) => part !== ""));

const Id = z.string().min(1).max(500);

export const GraphQuery = z.object({
  window: WindowParam.default(60_000),
  at: AtParam,
  group: z.enum(["service"]).default("service"),
  namespaces: ListParam.default([]),
});

export const RedQuery = z.object({
  subject: z
    .string()
    .max(600)
    .regex(/^(mesh|service:.+|edge:.+)$/, "mesh, service:<id> or edge:<id>"),
  from: InstantParam.optional(),
  to: InstantParam.optional(),
  window: WindowParam.default(300_000),
  step: z
    .string()
    .regex(WINDOW_PATTERN, "a whole number of seconds such as 5s")
    .transform((text) => Number(text.slice(0, -1)) * 1000)
    .default(5_000),
  by: z.enum(["version"]).optional(),
});

export const IdQuery = z.object({ id: Id });

/** Paging of a list: `limit` items from `next` of the previous answer. */
export const ListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  next: z
    .string()
    .regex(/^\d{1,9}$/, "the next of the page before")
    .optional(),
});

export const ServicesQuery = ListQuery.extend({ window: WindowParam.default(60_000), at: AtParam, namespaces: ListParam.default([]) });
export const ServiceQuery = IdQuery.extend({ window: WindowParam.default(60_000), at: AtParam });
export const ChangesQuery = ListQuery.extend({ routeId: Id.optional(), objectId: Id.optional(), target: Id.optional() });

export const LiveQuery = z.object({
  topics: ListParam.pipe(z.array(z.enum(["graph", "changes", "sources"]))).default(["graph", "changes", "sources"]),
  window: WindowParam.default(60_000),
  group: z.enum(["service"]).default("service"),
  namespaces: ListParam.default([]),
});

const Milliseconds = z.coerce.number().min(0).max(86_400_000);
const Name = z.string().max(300);

/** Conditions on traces. `service` may be `namespace/service`; `q` is a list of terms such as `http.route=/cart -error=true`. */
const TraceConditions = z.object({
  service: Name.optional(),
  operation: Name.optional(),
  version: Name.optional(),
  status: z.enum(["ok", "error"]).optional(),
  minMs: Milliseconds.optional(),
  maxMs: Milliseconds.optional(),
  q: z.string().max(2_000).default(""),
  window: WindowParam.default(3_600_000),
  from: InstantParam.optional(),
  to: InstantParam.optional(),
  /** Id of the source to ask; left out = Weft's own archive, else the first configured. */
  source: Name.optional(),
});

export const TracesQuery = TraceConditions.extend({
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  /** Where no `to` is given: leaves out traces that began so lately, milliseconds. Their spans are still coming in. */
  settleMs: z.coerce.number().int().min(0).max(60_000).default(0),
});

/** The conditions name all traces; those of the selection are narrower by the `sel` conditions. */
export const DifferencesQuery = TraceConditions.extend({
  selVersion: Name.optional(),
  selStatus: z.enum(["ok", "error"]).optional(),
  selMinMs: Milliseconds.optional(),
  selMaxMs: Milliseconds.optional(),
  selQ: z.string().max(2_000).default(""),
  selFrom: InstantParam.optional(),
  selTo: InstantParam.optional(),
});

export const TraceQuery = z.object({
  /** 32 hex digits; shorter ids of older tracers are filled up with zeros at the front. */
  id: z
    .string()
    .regex(/^[0-9a-fA-F]{1,32}$/, "up to 32 hex digits")
    .transform((text) => text.toLowerCase().padStart(32, "0")),
  source: Name.optional(),
});

export const TraceServicesQuery = z.object({ source: Name.optional() });
export const OperationsQuery = z.object({ id: Id, window: WindowParam.default(3_600_000), at: AtParam });

export const ExemplarsQuery = z.object({
  subject: z
    .string()
    .max(600)
    .regex(/^(service:.+|edge:.+)$/, "service:<id> or edge:<id>"),
  from: InstantParam.optional(),
  to: InstantParam.optional(),
  window: WindowParam.default(300_000),
  limit: z.coerce.number().int().min(1).max(200).default(40),
});

/** New weights of one rule. */
export const SplitRequest = z.strictObject({
  routeId: Id,
  ruleId: Id,
  weights: z.record(z.string().max(500), z.number()),
  reason: z.string().max(500).nullish(),
});
export type SplitRequest = z.infer<typeof SplitRequest>;

/** Refuse plaintext at the object of a workload, as `/api/security` names it. */
export const DemandRequest = z.strictObject({
  objectId: Id,
  demand: z.literal("strict"),
  reason: z.string().max(500).nullish(),
});
export type DemandRequest = z.infer<typeof DemandRequest>;

export const PlanRequest = z.union([SplitRequest, DemandRequest]);
export type PlanRequest = z.infer<typeof PlanRequest>;

export const SecurityQuery = z.object({ window: WindowParam.default(300_000), namespaces: ListParam.default([]) });

/** `scope`: `mesh`, `namespace:<name>` or `workload:<node id>`. */
export const WhatIfQuery = z.object({
  scope: z
    .string()
    .max(600)
    .regex(/^(mesh|namespace:.+|workload:.+)$/, "mesh, namespace:<name> or workload:<id>")
    .transform((text): WhatIfScope => {
      const colon = text.indexOf(":");
      if (colon < 0) return { kind: "mesh", id: null };
      return { kind: text.startsWith("namespace") ? "namespace" : "workload", id: text.slice(colon + 1) };
    }),
});

/** One table of the security report as a file. */
export const SecurityExportQuery = SecurityQuery.extend({
  table: z.enum(["edges", "workloads", "certificates", "events", "refusals", "authorization"]).default("edges"),
  format: z.enum(["csv", "json"]).default("csv"),
});
