import { assert } from './assert.ts';
import { exp } from './elementary.ts';
import { deviance, stirlingError } from './gamma.ts';

/** The regularised incomplete beta function: Loader's prefactor times the continued fraction of DiDonato and Morris. */
const TWO_PI = 6.283185307179586;
const ROUNDING = 1.1102230246251565e-16;
const FRACTION_FLOOR = 1e-300;

/** A point between 0 and 1 with its complement y = 1 − x given separately, so that neither loses digits near 0. */
export type UnitPoint = { readonly x: number; readonly y: number };

/** x^a·y^b / B(a, b). */
function betaPrefix(a: number, b: number, { x, y }: UnitPoint): number {
  const n = a + b;
  const errors = stirlingError(n) - stirlingError(a) - stirlingError(b);
  return (
    exp(errors - deviance(a, n * x) - deviance(b, n * y)) * Math.sqrt(a * (b / n)) * Math.sqrt(1 / TWO_PI)
  );
}

function awayFromZero(value: number): number {
  return Math.abs(value) < FRACTION_FLOOR ? FRACTION_FLOOR : value;
}

/**
 * I_x(a, b)·B(a, b) / (x^a·y^b) for x below the mean: the even part of the classical continued fraction, which needs x only through
 * λ = a − (a + b)·x = (a + b)·y − b (A. DiDonato and A. Morris, "Significant digit computation of the incomplete beta function
 * ratios", ACM TOMS 18, 1992), by Lentz's method.
 */
function betaFraction(a: number, b: number, { x, y }: UnitPoint): number {
  const n = a + b;
  const lambda = x < y ? a - n * x : n * y - b;
  const first = (a / (a + 1)) * (lambda + 1);
  let c = 1 / FRACTION_FLOOR;
  let d = 1 / awayFromZero(first);
  let fraction = d;
  for (let m = 1; ; m++) {
    const middle = a + 2 * m - 1;
    const alpha = ((a + m - 1) / middle) * ((n + m - 1) / middle) * m * (b - m) * x * x;
    const beta = m + (m * (b - m) * x) / middle + ((a + m) / (middle + 2)) * (lambda + 1 + m * (1 + y));
    d = 1 / awayFromZero(beta + alpha * d);
    c = awayFromZero(beta + alpha / c);
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) <= 2 * ROUNDING) return fraction;
  }
}

/** I_x(a, b) at a {@link UnitPoint}: accurate relatively where it is small, whichever end that is. */
export function betaRegularisedAt(a: number, b: number, point: UnitPoint): number {
  const { x, y } = point;
  if (x === 0) return 0;
  if (y === 0) return 1;
  const prefix = betaPrefix(a, b, point);
  if (x * (a + b) <= a) return prefix * betaFraction(a, b, point);
  return 1 - prefix * betaFraction(b, a, { x: y, y: x });
}

/** Regularised incomplete beta function I_x(a, b) for a, b > 0; 0 below x = 0 and 1 above x = 1; NaN at NaN. */
export function betaRegularised(a: number, b: number, x: number): number {
  assert(a > 0 && b > 0 && a < Infinity && b < Infinity, 'betaRegularised needs positive finite parameters');
  if (!(x > 0)) return x <= 0 ? 0 : NaN;
  if (x >= 1) return 1;
  return betaRegularisedAt(a, b, { x, y: 1 - x });
}
