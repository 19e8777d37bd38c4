import { refuse } from './failure.ts';
import type { Failure } from './failure.ts';

/**
 * A confidence level held as the exact decimal that was written: `covered`/`scale`, `scale` a power of ten. Binary floating
 * point has no 0.99 (1 − 0.99 is 0.010000000000000009), so a rank counted from it can be off by one; here it cannot.
 */
export type Level = {
  readonly covered: bigint;
  readonly scale: bigint;
  /** The level as a double, for formulas that are continuous in it. */
  readonly confidence: number;
  /** 1 − level, correctly rounded. */
  readonly tail: number;
};

/** The worst n·(1 − level) of n outcomes: `whole` of them in full and the next one with weight `part` in [0, 1). */
export type TailCount = { readonly whole: number; readonly part: number; readonly size: number };

const DECIMAL = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const DIGITS_MAX = 40;

/**
 * Reads a confidence level (0.99, '0.975') as the shortest decimal that names it.
 * Refuses `NUMBER_OUT_OF_RANGE` outside (0, 1) and `SHAPE_INVALID` for what is no decimal.
 */
export function parseLevel(level: number | string, field: string): Level | Failure {
  const match = DECIMAL.exec(String(level).trim());
  if (match === null)
    return refuse('SHAPE_INVALID', { field, value: level, expected: 'a decimal in (0, 1)' });
  const fraction = match[2] ?? '';
  const places = fraction.length - Number(match[3] ?? 0);
  const tooFine = places > DIGITS_MAX || places < 0;
  const covered = tooFine ? 0n : BigInt((match[1] ?? '') + fraction);
  const scale = tooFine ? 0n : 10n ** BigInt(places);
  if (covered <= 0n || covered >= scale)
    return refuse('NUMBER_OUT_OF_RANGE', { field, value: level, expected: 'a level in (0, 1)' });
  return makeLevel(covered, scale);
}

function makeLevel(covered: bigint, scale: bigint): Level {
  return { covered, scale, confidence: ratio(covered, scale), tail: ratio(scale - covered, scale) };
}

/** 1 − level, exactly. */
export function complement(level: Level): Level {
  return makeLevel(level.scale - level.covered, level.scale);
}

/** How many of `n` outcomes form the tail, n·(1 − level) in exact arithmetic (AMOUNT-005). */
export function countTail(level: Level, n: number): TailCount {
  const product = BigInt(n) * (level.scale - level.covered);
  const whole = product / level.scale;
  const part = ratio(product - whole * level.scale, level.scale);
  return { whole: Number(whole), part, size: ratio(product, level.scale) };
}

/**
 * numerator/denominator as a double; both ≥ 0. Correctly rounded while both are below 2^53 and otherwise within an ulp: beyond
 * that the decimal text of the quotient is rounded, which is as near as any level needs.
 */
function ratio(numerator: bigint, denominator: bigint): number {
  if (numerator < 2n ** 53n && denominator < 2n ** 53n) return Number(numerator) / Number(denominator);
  const digits = (numerator * 10n ** 40n) / denominator;
  return Number(`${digits}e-40`);
}
