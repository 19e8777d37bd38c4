import type { ConformFile, ConformInput } from './suite.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The object of a text, or null where it is no JSON object. */
export function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in a field; an empty one where there is none. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** The list in a field; an empty one where there is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of a list. */
export function rowsOf(value: unknown): readonly Json[] {
  return listOf(value).filter(isObject);
}

/** The number in a field; NaN where there is none, which no comparison survives. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

/** The text in a field; numbers as they are written, else empty. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A list of numbers. */
export function vectorOf(value: unknown): Float64Array {
  return Float64Array.from(listOf(value), numberOf);
}

/** A list of rows, row-major. */
export function matrixOf(value: unknown): Float64Array {
  return Float64Array.from(
    listOf(value).flatMap((row) => listOf(row)),
    numberOf,
  );
}

/**
 * The JSON files that hold any of a suite's own lists, whatever their names; a file named alone may also hold nothing but lists whose
 * names other suites use too.
 */
export function objectsWith(
  files: readonly ConformFile[],
  lists: { readonly own: readonly string[]; readonly shared: readonly string[] },
): readonly Json[] {
  const names = files.length === 1 ? [...lists.own, ...lists.shared] : lists.own;
  return files.flatMap((file) => {
    const json = parseObject(file.text);
    return json !== null && names.some((name) => name in json) ? [json] : [];
  });
}

/** A JSON file beside the one named, or among those of the folder named. */
export function siblingObject(input: ConformInput, name: string): Json | null {
  const inside = input.files.find((file) => file.name === name || file.name.endsWith(`/${name}`));
  const text = inside?.text ?? input.sibling(name);
  return text === null ? null : parseObject(text);
}

/** The first number behind a phrase of a header (`nearest 1e-8`); the fallback where the phrase is not there. */
export function toleranceAfter(header: unknown, phrase: string, fallback: number): number {
  const text = textOf(header);
  const at = text.indexOf(phrase);
  const match = at < 0 ? null : /\d+(?:\.\d+)?(?:e[+-]?\d+)?/.exec(text.slice(at + phrase.length));
  return match === null ? fallback : Number(match[0]);
}
