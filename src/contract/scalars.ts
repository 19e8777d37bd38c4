import Type, { type TString, type TUnion, type TNumber } from 'typebox';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { parseAtoms } from '../base/amount.ts';

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

/** A wire decimal as f64, finite. */
export function decimalToNumber(value: string | number, field: string): number | Failure {
  const number = typeof value === 'number' ? value : Number(value.trim() === '' ? 'NaN' : value);
  if (Number.isFinite(number)) return number;
  return refuse('NUMBER_NOT_FINITE', { field, value, expected: 'a finite number' });
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?(?:Z|\+00:?00)?)?$/;

/** Milliseconds since 1970 of an ISO time in UTC; a bare date is its midnight. Refuses dates that do not exist. */
export function parseIsoTime(text: string, field: string): number | Failure {
  const match = ISO.exec(text);
  const bad = (): Failure =>
    refuse('SHAPE_INVALID', {
      field,
      value: text,
      expected: 'an ISO time in UTC, e.g. 2026-01-31T08:00:00Z',
    });
  if (match === null) return bad();
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? '0')) as number[];
  const ms = Number((match[7] ?? '0').padEnd(3, '0'));
  const time = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!, ms);
  const back = new Date(time);
  const exists =
    back.getUTCMonth() === month! - 1 && back.getUTCDate() === day! && hour! < 24 && minute! < 60;
  return exists ? time : bad();
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
