import { toNumber } from '../../base/amount.ts';
import { describeFailure, type Failure, isFailure, refuse } from '../../base/failure.ts';
import { fail } from './compare.ts';
import type { Json } from './json.ts';
import type { ConformCase, ConformFile, ConformInput } from './suite.ts';

/** Decimals of the fixed-point integers that on-chain venues publish. */
const FIXED_PLACES = 18;
const INTEGER = /^-?\d+$/;
/** Integers up to this many digits are exact as f64; longer ones are kept as their text. */
const EXACT_DIGITS = 15;
/** A float at or above this is taken for a fixed-point integer that lost its last digits. */
const SCALED_FROM = 1e15;

type ReviverContext = { readonly source?: string };

/** JSON with long integers kept as text, so that 18-decimal fixed point loses no digit. Refuses MALFORMED_JSON. */
function parseExactJson(text: string, name: string): { readonly json: unknown } | Failure {
  const revive = (_key: string, value: unknown, context?: ReviverContext): unknown => {
    const source = context?.source;
    const long = typeof value === 'number' && source !== undefined && source.length > EXACT_DIGITS;
    return long && INTEGER.test(source) ? source : value;
  };
  try {
    return { json: JSON.parse(text, revive as (key: string, value: unknown) => unknown) };
  } catch (error) {
    const value = error instanceof Error ? error.message : error;
    return refuse('MALFORMED_JSON', { field: name, value, expected: 'JSON' });
  }
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number as written, decimal or text; null or absent is 0; NaN for anything else. */
export function plain(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}

/** An integer of `places` decimals (text or number), or a float as it stands; null or absent is 0, anything else NaN. */
export function scaled(value: unknown, places: number): number {
  const number = plain(value);
  const text = typeof value === 'string' ? value.trim() : String(value);
  if (typeof value === 'string' && INTEGER.test(text)) return toNumber(BigInt(text), places);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return toNumber(BigInt(value), places);
  return Math.abs(number) >= SCALED_FROM ? number / Number(`1e${places}`) : number;
}

/** An 18-decimal fixed-point number, however it is written. */
export function fixed(value: unknown): number {
  return scaled(value, FIXED_PLACES);
}

/** A confidence: fixed point, but 0 and 1 mean themselves. */
export function fixedConfidence(value: unknown): number {
  const number = plain(value);
  return number === 0 || number === 1 ? number : fixed(value);
}

export type NamedJson = { readonly name: string; readonly value: Json };

/** The cases of a file: the file itself, or what stands in it at any depth, by its own name, its key or its position. */
export function casesIn(
  json: unknown,
  of: { readonly name: string; readonly isCase: (value: Json) => boolean },
): readonly NamedJson[] {
  if (Array.isArray(json)) {
    return json.flatMap((value: unknown, i) => {
      const own = isRecord(value) ? (value['name'] ?? value['Name'] ?? value['id']) : undefined;
      return casesIn(value, { ...of, name: typeof own === 'string' ? own : `case ${i + 1}` });
    });
  }
  if (!isRecord(json)) return [];
  if (of.isCase(json)) return [{ name: of.name, value: json }];
  return Object.entries(json).flatMap(([name, value]) => casesIn(value, { ...of, name }));
}

/** What a case is called that is a file of its own. */
export function nameOfFile({ name }: ConformFile): string {
  return name.replace(/\.json$/, '');
}

/** Every JSON file of an input, parsed; a file that is not JSON comes as a failed case. */
export function* jsonFiles(
  input: ConformInput,
): Generator<{ readonly file: ConformFile; readonly json: unknown } | ConformCase> {
  let seen = 0;
  for (const file of input.files) {
    if (!file.name.endsWith('.json') && input.files.length > 1) continue;
    seen += 1;
    const parsed = parseExactJson(file.text, file.name);
    yield isFailure(parsed) ? fail(file.name, 'input', describeFailure(parsed)) : { file, json: parsed.json };
  }
  if (seen === 0) yield fail('input', 'input', 'no JSON file to read');
}
