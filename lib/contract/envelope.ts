import { z } from "zod";

import { ErrorCode } from "#lib/model/errors.ts";
import { sourcedSchema } from "#lib/model/evidence.ts";

/** RFC 9457 problem details with Weft's closed set of codes. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: ErrorCode,
  detail: z.string(),
  field: z.string().nullable(),
  mend: z.string().nullable(),
});
export type Problem = z.infer<typeof Problem>;

/** A list that says how many there are in all and where the next part starts; `next` is `null` at the end. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), total: z.number().int(), next: z.string().nullable() });
}

export { sourcedSchema };
