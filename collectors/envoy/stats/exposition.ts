export { parseSeries, type Series } from "#collectors/shared/exposition/series.ts";
export { readExposition } from "#collectors/shared/exposition/read.ts";
