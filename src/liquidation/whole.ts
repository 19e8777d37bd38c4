import { assert } from '../base/assert.ts';

/** Quotient rounded towards −∞; `denominator` > 0. */
export function floorDiv(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? quotient - 1n : quotient;
}

/** Quotient rounded towards +∞; `denominator` > 0. */
export function ceilDiv(numerator: bigint, denominator: bigint): bigint {
  return -floorDiv(-numerator, denominator);
}

/** Absolute value. */
export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function sumOf(values: readonly bigint[]): bigint {
  let sum = 0n;
  for (const value of values) sum += value;
  return sum;
}

/**
 * Splits a whole `total` ≥ 0 in proportion to whole weights ≥ 0 by largest remainders (Hamilton): the parts sum to the total, and
 * each is its exact share rounded down or up. Of equal remainders the earlier index is rounded up. Zero weights get nothing.
 */
export function apportion(total: bigint, weights: readonly bigint[]): bigint[] {
  const whole = sumOf(weights);
  assert(total >= 0n && (whole > 0n || total === 0n), 'a total is split over weights that are not all zero');
  if (total === 0n) return weights.map(() => 0n);
  const parts = weights.map((weight) => (total * weight) / whole);
  const rest = Number(total - sumOf(parts));
  const remainders = weights.map((weight) => (total * weight) % whole);
  const order = weights.map((_, i) => i).sort((a, b) => descending(remainders[a]!, remainders[b]!) || a - b);
  for (let k = 0; k < rest; k++) parts[order[k]!] = parts[order[k]!]! + 1n;
  return parts;
}

function descending(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}

/** {@link apportion} for a value of either sign. */
export function splitValue(value: bigint, weights: readonly bigint[]): bigint[] {
  const sign = value < 0n ? -1n : 1n;
  return apportion(magnitude(value), weights).map((part) => sign * part);
}
