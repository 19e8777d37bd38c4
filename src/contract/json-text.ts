import { type Failure, isFailure, refuse } from '../base/failure.ts';

/** Depth below which no document of ours goes; deeper input is refused before it can exhaust memory. */
const DEPTH_MAX = 64;
/** Values that one document may hold: many times the largest market, few enough to be parsed in memory. */
const ENTRIES_MAX = 5_000_000;

/** What a text says; in a box, so that no text can pass for a {@link Failure}. */
export type JsonDocument = { readonly value: unknown };

/**
 * Parses JSON text. Looks at the whole text before anything is built from it, so that hostile input costs one pass.
 * Refuses MALFORMED_JSON with the parser's own words, SHAPE_INVALID for nesting deeper than 64, INPUT_TOO_LARGE for more than five
 * million values, and DUPLICATE_ID for an object that names a field twice (of which a parser would keep the last).
 */
export function parseJson(text: string, field: string): JsonDocument | Failure {
  const twice = scan(text, field);
  if (isFailure(twice)) return twice;
  try {
    const value: unknown = JSON.parse(text);
    return twice === null
      ? { value }
      : refuse('DUPLICATE_ID', { field, value: twice, expected: 'every field once' });
  } catch (error) {
    return refuse('MALFORMED_JSON', { field, value: (error as Error).message, expected: 'JSON' });
  }
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPENING: ReadonlySet<number> = new Set([91, 123]);
const CLOSING: ReadonlySet<number> = new Set([93, 125]);

/** The first field name that one object holds twice, or null; refuses text that is too deep or too long. Text need not be JSON. */
function scan(text: string, field: string): string | null | Failure {
  const names: Set<string>[] = [];
  let entries = 0;
  let twice: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const end = stringEnd(text, i);
      const seen = names.at(-1);
      if (seen !== undefined && isName(text, end)) {
        const name = unescaped(text.slice(i, end));
        if (seen.has(name)) twice ??= name;
        seen.add(name);
      }
      i = end - 1;
    } else if (OPENING.has(code)) {
      names.push(new Set());
      entries += 1;
    } else if (CLOSING.has(code)) names.pop();
    else if (code === COMMA) entries += 1;
    if (names.length > DEPTH_MAX) {
      const expected = `at most ${DEPTH_MAX} levels`;
      return refuse('SHAPE_INVALID', { field, value: 'nested too deep', expected });
    }
    if (entries > ENTRIES_MAX) {
      const expected = `at most ${ENTRIES_MAX} values`;
      return refuse('INPUT_TOO_LARGE', { field, value: 'more values', expected });
    }
  }
  return twice;
}

/** What a quoted string says; itself where it is no string. */
function unescaped(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

/** Place after the closing quote of the string that opens at `from`. */
function stringEnd(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at >= 0) {
    let backslashes = 0;
    while (text.charAt(at - 1 - backslashes) === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
}

/** Whether a colon follows: the string before was the name of a field. */
function isName(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at += 1;
  return text.charCodeAt(at) === COLON;
}
