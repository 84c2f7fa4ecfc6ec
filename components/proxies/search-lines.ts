export interface FoundLine {
  number: number;
  parts: { text: string; isMatch: boolean; at: number }[];
}

export interface FoundLines {
  lines: FoundLine[];
  matches: number;
  total: number;
  /** More lines match than are shown. */
  isCut: boolean;
}

/** More lines than this nobody reads in a browser; a search narrows them. */
const MOST_LINES = 2_000;

function split(line: string, find: string): FoundLine["parts"] {
  if (find === "") return [{ text: line, isMatch: false, at: 0 }];
  const parts: FoundLine["parts"] = [];
  const low = line.toLowerCase();
  let at = 0;
  for (let hit = low.indexOf(find); hit >= 0; hit = low.indexOf(find, at)) {
    if (hit > at) parts.push({ text: line.slice(at, hit), isMatch: false, at });
    parts.push({ text: line.slice(hit, hit + find.length), isMatch: true, at: hit });
    at = hit + find.length;
  }
  if (at < line.length) parts.push({ text: line.slice(at), isMatch: false, at });
  return parts;
}

/** Lines that hold the text, upper and lower case alike; all of them for an empty text. */
export function searchLines(text: string, find: string): FoundLines {
  const wanted = find.trim().toLowerCase();
  const all = text.replace(/\n$/, "").split("\n");
  const hits = all.map((line, index) => ({ line, number: index + 1 })).filter(({ line }) => line.toLowerCase().includes(wanted));
  const shown = hits.slice(0, MOST_LINES);
  return {
    lines: shown.map(({ line, number }) => ({ number, parts: split(line, wanted) })),
    matches: hits.length,
    total: all.length,
    isCut: hits.length > shown.length,
  };
}
