/** A sample with its labels, as a textbook parser hands it out. `NaN` and infinities are values like any other. */
export interface ReferenceSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface ReferenceReading {
  samples: ReferenceSample[];
  malformed: string[];
}

/**
 * The text format read as its description says it, one character after the other, in a machine of states that puts texts
 * together: slow, plain, and without anything in common with the scanner that is tested and measured against it.
 */
export function parseReference(text: string): ReferenceReading {
  const reading: ReferenceReading = { samples: [], malformed: [] };
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const sample = parseLine(line);
    if (sample === null) reading.malformed.push(line);
    else reading.samples.push(sample);
  }
  return reading;
}

type State = "name" | "after-name" | "label" | "equals" | "value-quote" | "value" | "escape" | "after-value" | "rest";

function parseLine(line: string): ReferenceSample | null {
  const labels: Record<string, string> = {};
  let state: State = "name";
  let name = "";
  let label = "";
  let value = "";
  let rest = "";
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    const isSpace = character === " " || character === "\t";
    switch (state) {
      case "name":
        if (character === "{") state = "label";
        else if (isSpace) state = "after-name";
        else name += character;
        break;
      case "after-name":
        if (character === "{") state = "label";
        else if (!isSpace) {
          state = "rest";
          rest = ` ${character}`;
        }
        break;
      case "label":
        if (character === "}" && label === "") state = "rest";
        else if (character === "=") state = "value-quote";
        else if (isSpace && label === "") break;
        else if (isSpace) state = "equals";
        else label += character;
        break;
      case "equals":
        if (character === "=") state = "value-quote";
        else if (!isSpace) return null;
        break;
      case "value-quote":
        if (character === '"') state = "value";
        else if (!isSpace) return null;
        break;
      case "value":
        if (character === "\\") state = "escape";
        else if (character === '"') {
          if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) return null;
          labels[label] = value;
          label = "";
          value = "";
          state = "after-value";
        } else value += character;
        break;
      case "escape":
        if (character === "n") value += "\n";
        else if (character === '"' || character === "\\") value += character;
        else value += `\\${character}`;
        state = "value";
        break;
      case "after-value":
        if (character === ",") state = "label";
        else if (character === "}") state = "rest";
        else if (!isSpace) return null;
        break;
      case "rest":
        rest += character;
        break;
    }
  }
  if (state !== "rest" || !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) return null;
  const number = numberOf(rest);
  return number === null ? null : { name, labels, value: number };
}

/** Value, then perhaps a time, then perhaps an exemplar. */
function numberOf(rest: string): number | null {
  if (!/^\s/.test(rest)) return null;
  const exemplar = /\s#\s*\{/.exec(rest);
  if (exemplar !== null && !/\}\s+\S+(\s+\S+)?$/.test(rest)) return null;
  const [text = "", time, ...others] = (exemplar === null ? rest : rest.slice(0, exemplar.index)).trim().split(/[ \t]+/);
  if (others.length > 0 || (time !== undefined && !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(time))) return null;
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  return isNumber(text) ? Number(text) : null;
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text);
}
