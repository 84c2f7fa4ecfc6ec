import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { SearchTerm } from "#lib/model/trace.ts";

/** More conditions than this are no search that a person put, and each costs the source a look at every span. */
export const MOST_TERMS = 20;

const SPACE = /\s/u;

/**
 * Reads conditions on attributes: `http.route=/cart -error=true "key with space"="a \"quoted\" value" key`. Terms stand
 * apart by spaces; a key alone asks for any value; `-` or `!` in front negates. What holds a space, a quote, or a key
 * with `=` or with a leading `-` or `!`, stands in quotes, in which `\"` is a quote and `\\` a backslash.
 * Errors: INVALID with field `q` that says what is wrong at which character, counted from 1.
 */
export function parseSearchTerms(text: string): Result<SearchTerm[]> {
  const reader = new Reader(text);
  const terms: SearchTerm[] = [];
  try {
    for (let term = reader.term(); term !== null; term = reader.term()) {
      if (terms.length === MOST_TERMS) throw reader.wrong(`more than ${MOST_TERMS} conditions`, "Leave some out");
      terms.push(term);
    }
  } catch (error) {
    if (error instanceof WeftError) return err(error);
    throw error;
  }
  return ok(terms);
}

/** Writes terms so that `parseSearchTerms` reads them back: one space between, quotes only where they are needed. */
export function printSearchTerms(terms: readonly SearchTerm[]): string {
  return terms
    .map(({ key, value, isNegated }) => {
      const sign = isNegated ? "-" : "";
      return `${sign}${printKey(key)}${value === null ? "" : `=${printValue(value)}`}`;
    })
    .join(" ");
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function printKey(key: string): string {
  return key === "" || /[\s="]|^[-!]/u.test(key) ? quote(key) : key;
}

function printValue(value: string): string {
  return value === "" || /[\s"]/u.test(value) ? quote(value) : value;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  term(): SearchTerm | null {
    while (this.#at < this.#text.length && SPACE.test(this.#here())) this.#at++;
    if (this.#at >= this.#text.length) return null;
    const isNegated = this.#here() === "-" || this.#here() === "!";
    if (isNegated) this.#at++;
    if (this.#isAtEnd()) throw this.wrong("there is nothing to leave out", "Put a key right behind it, or quote a word that begins so");
    const key = this.#here() === '"' ? this.#quoted() : this.#bare(false);
    if (key === "") throw this.wrong("there is no key", "Write key=value");
    if (this.#here() !== "=") return { key, value: null, isNegated };
    this.#at++;
    if (this.#isAtEnd()) throw this.wrong("there is no value", 'Write key=value, key="" for an empty one, or key alone for any');
    return { key, value: this.#here() === '"' ? this.#quoted() : this.#bare(true), isNegated };
  }

  wrong(what: string, mend: string): WeftError {
    return new WeftError("INVALID", `At character ${this.#at + 1}: ${what}`, { field: "q", mend });
  }

  #here(): string {
    return this.#text.charAt(this.#at);
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#text.length || SPACE.test(this.#here());
  }

  #bare(isValue: boolean): string {
    const start = this.#at;
    for (; !this.#isAtEnd(); this.#at++) {
      if (!isValue && this.#here() === "=") break;
      if (this.#here() === '"') throw this.wrong("a quote inside a word", 'Put the whole word in quotes, and write \\" for a quote in it');
    }
    return this.#text.slice(start, this.#at);
  }

  #quoted(): string {
    const start = this.#at++;
    let content = "";
    while (this.#here() !== '"') {
      if (this.#at >= this.#text.length) {
        this.#at = start;
        throw this.wrong("this quote is not closed", 'Close it with "');
      }
      const next = this.#text.charAt(this.#at + 1);
      if (this.#here() === "\\" && (next === '"' || next === "\\")) this.#at++;
      content += this.#here();
      this.#at++;
    }
    this.#at++;
    if (!this.#isAtEnd() && this.#here() !== "=") throw this.wrong("a word goes on behind its quote", "Put a space or = there");
    return content;
  }
}
