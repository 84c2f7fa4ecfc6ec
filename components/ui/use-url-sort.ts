import { createParser, useQueryState } from "nuqs";

import { parseSort, printSort, type Sort } from "./table-sort.ts";

const parser = createParser<Sort>({
  parse: parseSort,
  serialize: printSort,
  eq: (a, b) => a.column === b.column && a.direction === b.direction,
});

/** A table's order in the address, so that a link shows the same first row. */
export function useUrlSort(initial: Sort): [Sort, (sort: Sort) => void] {
  const [sort, setSort] = useQueryState("sort", parser.withDefault(initial).withOptions({ history: "replace" }));
  return [sort, (next) => void setSort(next)];
}
