import { assert } from './assert.ts';
import { exp, log } from './elementary.ts';

/**
 * The gamma function and the incomplete gamma functions. Prefactors are built from Stirling errors and deviances (C. Loader, "Fast and
 * accurate computation of binomial probabilities", 2000), not from differences of large logarithms, so that they stay accurate for large
 * parameters. Parameters outside their range are assertions; NaN as the argument gives NaN.
 */
const HALF_LOG_TWO_PI = 0.9189385332046728;
const TWO_PI = 6.283185307179586;
const ROUNDING = 1.1102230246251565e-16;
/** Smallest denominator of a continued fraction (Lentz). */
const FRACTION_FLOOR = 1e-300;

/** ln Γ(1 + u) / (u·(u − 1)) for 0 ≤ u ≤ 1 in powers of 2u − 1, fitted by the Remez exchange (error below 2^-60). */
const LOG_GAMMA_RATIO = [
  0.4831289505409809, -0.07297994795715304, 0.015727850268641094, -0.003913560937626028,
  0.0010498186644547385, -0.00029455070152299245, 8.510090373500825e-5, -2.5094328635818354e-5,
  7.511391855588777e-6, -2.274247590619719e-6, 6.948428065026352e-7, -2.138626433991198e-7,
  6.623878080140881e-8, -2.0622238860009374e-8, 6.430260421307394e-9, -2.0153784981947967e-9,
  6.566408389115823e-10, -2.0999283799204698e-10, 5.0257925876681763e-11, -1.484155992057435e-11,
  1.1586188882039816e-11, -3.909201721078144e-12,
];

/** ln Γ(1 + u) for 0 ≤ u ≤ 1; exact zeros at both ends. */
function logGammaOfOnePlus(u: number): number {
  const t = 2 * u - 1;
  let sum = 0;
  for (let i = LOG_GAMMA_RATIO.length - 1; i >= 0; i--) sum = sum * t + LOG_GAMMA_RATIO[i]!;
  return 0 - u * (1 - u) * sum;
}

/** Stirling's series for {@link stirlingError}, x ≥ 10. */
function stirlingSeries(x: number): number {
  const z = 1 / (x * x);
  const sum =
    1 / 12 -
    z *
      (1 / 360 -
        z *
          (1 / 1260 -
            z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z * (1 / 156 - z * (3617 / 122400)))))));
  return sum / x;
}

/** ln Γ(x) for x > 0, accurate relatively also near its zeros at 1 and 2. */
export function lgamma(x: number): number {
  if (x !== x) return x;
  assert(x > 0, 'lgamma needs a positive argument');
  if (x < 1) return logGammaOfOnePlus(x) - log(x);
  if (x <= 2) return logGammaOfOnePlus(x - 1);
  if (x >= 10) return x === Infinity ? x : (x - 0.5) * log(x) - x + HALF_LOG_TWO_PI + stirlingSeries(x);
  const whole = Math.floor(x);
  const u = x - whole;
  let product = 1 + u;
  for (let k = 2; k < whole; k++) product *= k + u;
  return logGammaOfOnePlus(u) + log(product);
}

/** ln Γ(x) − [(x − ½)·ln x − x + ½·ln 2π] for x > 0: what Stirling's leading formula lacks. */
export function stirlingError(x: number): number {
  if (x >= 10) return stirlingSeries(x);
  return lgamma(x) - ((x - 0.5) * log(x) - x + HALF_LOG_TWO_PI);
}

/** a·ln(a/m) + m − a ≥ 0 for a > 0, m ≥ 0, without the cancellation where m is near a. */
export function deviance(a: number, m: number): number {
  if (m === 0) return Infinity;
  const v = (a - m) / (a + m);
  if (Math.abs(v) > 0.3) {
    const ratio = a / m;
    return a * (ratio < Infinity ? log(ratio) : log(a) - log(m)) + (m - a);
  }
  // With v = (a − m)/(a + m): ln(a/m) = 2·atanh v and m − a = −v·(a + m).
  const square = v * v;
  let power = 2 * a * v;
  let sum = (a - m) * v;
  for (let k = 3; ; k += 2) {
    power *= square;
    const next = sum + power / k;
    if (next === sum) return sum;
    sum = next;
  }
}

/** x^a·e^(−x) / Γ(a + 1) for a > 0, x ≥ 0. */
export function gammaPrefix(a: number, x: number): number {
  return exp(-deviance(a, x) - stirlingError(a)) / Math.sqrt(TWO_PI * a);
}

/** P(a, x) by its series 1 + x/(a+1) + x²/((a+1)(a+2)) + …, all terms positive. */
function gammaLower(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * ROUNDING; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return gammaPrefix(a, x) * sum;
}

/** Q(a, x) by Legendre's continued fraction, evaluated by Lentz's method. */
function gammaUpper(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / FRACTION_FLOOR;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; ; n++) {
    const an = n * (a - n);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) <= 2 * ROUNDING) break;
  }
  return gammaPrefix(a, x) * a * fraction;
}

/** Regularised lower incomplete gamma function P(a, x) for a > 0; 0 for x ≤ 0. */
export function gammaRegularisedP(a: number, x: number): number {
  assert(a > 0 && a < Infinity, 'gammaRegularisedP needs a positive finite shape');
  if (!(x > 0)) return x <= 0 ? 0 : NaN;
  if (x === Infinity) return 1;
  return x < a + 1 ? gammaLower(a, x) : 1 - gammaUpper(a, x);
}

/** Regularised upper incomplete gamma function Q(a, x) = 1 − P(a, x) for a > 0, accurate relatively in its tail; 1 for x ≤ 0. */
export function gammaRegularisedQ(a: number, x: number): number {
  assert(a > 0 && a < Infinity, 'gammaRegularisedQ needs a positive finite shape');
  if (!(x > 0)) return x <= 0 ? 1 : NaN;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - gammaLower(a, x) : gammaUpper(a, x);
}
