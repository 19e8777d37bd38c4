import Type, { type TString, type TUnion, type TNumber } from 'typebox';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { parseAtoms } from '../base/amount.ts';
import { parseInstant } from '../base/instant.ts';

/** An exact amount on the wire: a plain decimal as text (preferred) or a JSON number. */
export const Decimal: TUnion<[TString, TNumber]> = Type.Union([
  Type.String({ description: 'plain decimal, e.g. "-12.5"', maxLength: 64 }),
  Type.Number(),
]);

export const Id: TString = Type.String({ pattern: '^[A-Za-z0-9_.:/+@-]{1,128}$' });
export const IsoTime: TString = Type.String({
  description: 'ISO 8601 in UTC, e.g. 2026-01-31T08:00:00Z',
  maxLength: 40,
});

/** Exact atoms of a wire decimal; a JSON number counts as the decimal it prints as. */
export function decimalToAtoms(value: string | number, places: number, field: string): bigint | Failure {
  return parseAtoms(String(value), places, field);
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** A wire decimal as f64, an exponent allowed. Refuses DECIMAL_INVALID for other text and NUMBER_NOT_FINITE for what overflows. */
export function decimalToNumber(value: string | number, field: string): number | Failure {
  if (typeof value === 'string' && !NUMBER.test(value)) {
    return refuse('DECIMAL_INVALID', { field, value, expected: 'a decimal number' });
  }
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  return refuse('NUMBER_NOT_FINITE', { field, value, expected: 'a finite number' });
}

/** Milliseconds since 1970 of an ISO time; UTC where no offset is given, a bare date is its midnight. Refuses DATE_INVALID. */
export function parseIsoTime(text: string, field: string): number | Failure {
  const instant = parseInstant(text);
  if (instant !== null) return instant.timeMs;
  const expected = 'an ISO time in UTC, e.g. 2026-01-31T08:00:00Z';
  return refuse('DATE_INVALID', { field, value: text, expected });
}

/** ISO text of milliseconds since 1970, without needless zeros: `2026-01-31T08:00:00Z`. */
export function toIsoTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}

/** Collects values until the first refusal. */
export function parseEach<T, U>(
  items: readonly T[],
  parse: (item: T, index: number) => U | Failure,
): U[] | Failure {
  const out: U[] = [];
  for (let i = 0; i < items.length; i++) {
    const parsed = parse(items[i]!, i);
    if (isFailure(parsed)) return parsed;
    out.push(parsed);
  }
  return out;
}
