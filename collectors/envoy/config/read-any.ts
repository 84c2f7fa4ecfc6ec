import type { z } from "zod";

import type { AnyConfig } from "../admin/wire-config.ts";

/** The message inside an `Any`, when it is of that type and shaped as expected; else `null`. */
export function readAny<T extends z.ZodType>(any: AnyConfig | undefined, typeName: string, schema: T): z.infer<T> | null {
  if (any === undefined || !any["@type"].endsWith(`.${typeName}`)) return null;
  const parsed = schema.safeParse(any);
  return parsed.success ? parsed.data : null;
}
