import { assert } from './assert.ts';
import { betaRegularisedAt } from './beta.ts';
import { exp, log, log1p, pow } from './elementary.ts';
import {
  deviance,
  gammaPrefix,
  gammaRegularisedP,
  gammaRegularisedQ,
  lgamma,
  stirlingError,
} from './gamma.ts';
import { normalQuantile } from './normal.ts';

/**
 * Distribution functions and quantiles, accurate relatively (1e-12 or better) wherever the value is small. Parameters outside their range
 * are assertions; NaN as the argument gives NaN; quantiles are NaN outside [0, 1].
 */
const INVERSE_SQRT_TWO_PI = 0.3989422804014327;
const HALF_LOG_TWO_PI = 0.9189385332046728;
const SQRT_TWO_PI = 2.5066282746310007;
const PI_SQUARED = 9.869604401089358;

/** A probability at one point x > 0, and its flow: density times x, the slope in ln x without its sign. */
type Mass = { readonly mass: number; readonly flow: number };

/** What to solve: the mass wanted, where to start, and whether mass rises (1) or falls (−1) with x. */
type Search = { readonly target: number; readonly start: number; readonly direction: 1 | -1 };

/**
 * The x > 0 at which a monotone mass equals `target`, by Newton's method on the logarithms of both. Every mass used here is log-concave
 * in ln x, so that the steps settle on one side of the root whatever the start. 0 or Infinity where that start is: x is out of range.
 */
function solveMass({ target, start, direction }: Search, at: (x: number) => Mass): number {
  let x = start;
  for (let i = 0; i < 200 && x > 0 && x < Infinity; i++) {
    const { mass, flow } = at(x);
    const newton = mass > 0 ? (log(target / mass) * mass) / flow : 0.25;
    const step = direction * Math.max(-2, Math.min(2, newton));
    x *= exp(step);
    if (Math.abs(step) < 1e-9) break;
  }
  return x;
}

/** ln of Γ((ν+1)/2) / (√(ν/2)·Γ(ν/2)), near zero for large ν. */
function studentLogFactor(df: number): number {
  const a = 0.5 * df;
  return stirlingError(a + 0.5) - stirlingError(a) - deviance(a, a + 0.5);
}

/** ln of Student's density, finite wherever x is; the square of x is not formed where it would overflow. */
function studentLogPdf(x: number, df: number): number {
  const ratio = (x / df) * x;
  const logKernel = ratio > 1e20 ? 2 * log(Math.abs(x)) - log(df) : log1p(ratio);
  return studentLogFactor(df) - HALF_LOG_TWO_PI - 0.5 * (df + 1) * logKernel;
}

/** Density of Student's t with `df` > 0 degrees of freedom, not necessarily whole. */
export function studentTPdf(x: number, df: number): number {
  assert(df > 0 && df < Infinity, 'studentTPdf needs positive finite degrees of freedom');
  return exp(studentLogPdf(x, df));
}

/** t times the density at t > 0, also where the density alone would underflow. */
function studentFlow(t: number, df: number): number {
  return exp(studentLogPdf(t, df) + log(t));
}

/** P(T > t) for t > 0; where t²/ν is so large that only the power law is left, t·density/ν. */
function studentTail(t: number, df: number): number {
  const ratio = (t / df) * t;
  if (ratio > 1e20) return t === Infinity ? 0 : studentFlow(t, df) / df;
  return 0.5 * betaRegularisedAt(0.5 * df, 0.5, { x: 1 / (1 + ratio), y: ratio / (1 + ratio) });
}

/** P(0 < T < t) for t > 0, accurate relatively for small t. */
function studentCentre(t: number, df: number): number {
  const ratio = (t / df) * t;
  return 0.5 * betaRegularisedAt(0.5, 0.5 * df, { x: ratio / (1 + ratio), y: 1 / (1 + ratio) });
}

/** Distribution function of Student's t with `df` > 0 degrees of freedom, accurate relatively in the lower tail. */
export function studentTCdf(x: number, df: number): number {
  assert(df > 0 && df < Infinity, 'studentTCdf needs positive finite degrees of freedom');
  if (x === 0) return 0.5;
  if (x !== x) return x;
  return x < 0 ? studentTail(-x, df) : 1 - studentTail(x, df);
}

/** A first guess for the t with P(T > t) = q < ¼: Cornish–Fisher while it holds, else the power law, which errs to the far side. */
function studentTailStart(q: number, df: number): number {
  const z = -normalQuantile(q);
  if (z * z < 4 * df) return z * (1 + (z * z + 1) / (4 * df));
  const logConstant = studentLogFactor(df) + 0.5 * (df - 1) * log(df) - HALF_LOG_TWO_PI;
  return exp((logConstant - log(q)) / df);
}

/** Quantile of Student's t with `df` > 0 degrees of freedom: the x with distribution function p; ∓Infinity at p = 0 and 1. */
export function studentTQuantile(p: number, df: number): number {
  assert(df > 0 && df < Infinity, 'studentTQuantile needs positive finite degrees of freedom');
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0.5) return 0;
  const q = p < 0.5 ? p : 1 - p;
  const sign = p < 0.5 ? -1 : 1;
  if (q === 0) return sign * Infinity;
  if (q < 0.25) {
    const search: Search = { target: q, start: studentTailStart(q, df), direction: -1 };
    return sign * solveMass(search, (t) => ({ mass: studentTail(t, df), flow: studentFlow(t, df) }));
  }
  const centre = 0.5 - q;
  const search: Search = { target: centre, start: centre / studentTPdf(0, df), direction: 1 };
  return sign * solveMass(search, (t) => ({ mass: studentCentre(t, df), flow: studentFlow(t, df) }));
}

/** Chi-square distribution function with `df` > 0 degrees of freedom, accurate relatively near zero. */
export function chiSquareCdf(x: number, df: number): number {
  return gammaRegularisedP(0.5 * df, 0.5 * x);
}

/** P(χ² > x) with `df` > 0 degrees of freedom, accurate relatively in the upper tail. */
export function chiSquareSurvival(x: number, df: number): number {
  return gammaRegularisedQ(0.5 * df, 0.5 * x);
}

/** Wilson–Hilferty's cube; near zero the power law P ≈ g^a / Γ(a + 1), which errs to the near side. */
function gammaStart(p: number, a: number): number {
  const w = 1 - 1 / (9 * a) + normalQuantile(p) / (3 * Math.sqrt(a));
  return w > 0.3 ? a * w * w * w : exp((log(p) + lgamma(a + 1)) / a);
}

/** Chi-square quantile: the x with distribution function p; 0 at p = 0 and Infinity at p = 1. */
export function chiSquareQuantile(p: number, df: number): number {
  assert(df > 0 && df < Infinity, 'chiSquareQuantile needs positive finite degrees of freedom');
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? 0 : Infinity;
  const a = 0.5 * df;
  const start = gammaStart(p, a);
  const flow = (g: number): number => a * gammaPrefix(a, g);
  if (p <= 0.5) {
    const search: Search = { target: p, start, direction: 1 };
    return 2 * solveMass(search, (g) => ({ mass: gammaRegularisedP(a, g), flow: flow(g) }));
  }
  const search: Search = { target: 1 - p, start, direction: -1 };
  return 2 * solveMass(search, (g) => ({ mass: gammaRegularisedQ(a, g), flow: flow(g) }));
}

function assertTrials(n: number, p: number): void {
  assert(Number.isSafeInteger(n) && n >= 0, 'the number of trials is a whole number');
  assert(p >= 0 && p <= 1, 'the probability of success lies in [0, 1]');
}

/** P(exactly k successes in n trials of probability p); 0 where k is not a whole number from 0 to n. Loader's saddle-point form. */
export function binomialPmf(k: number, n: number, p: number): number {
  assertTrials(n, p);
  if (k !== Math.trunc(k) || k < 0 || k > n) return 0;
  if (k === 0) return p === 1 ? (n === 0 ? 1 : 0) : exp(n * log1p(-p));
  if (k === n) return pow(p, n);
  const rest = n - k;
  const errors = stirlingError(n) - stirlingError(k) - stirlingError(rest);
  const exponent = errors - deviance(k, n * p) - deviance(rest, n * (1 - p));
  return exp(exponent) * INVERSE_SQRT_TWO_PI * Math.sqrt(n / k / rest);
}

/** P(at most k successes in n trials of probability p), accurate relatively in the lower tail. */
export function binomialCdf(k: number, n: number, p: number): number {
  assertTrials(n, p);
  if (!(k >= 0)) return k < 0 ? 0 : NaN;
  if (k >= n) return 1;
  const whole = Math.floor(k);
  return betaRegularisedAt(n - whole, whole + 1, { x: 1 - p, y: p });
}

/** Kolmogorov's limiting distribution: P(√n·D_n > x) as n → ∞, by whichever of its two series converges fast. */
export function kolmogorovSurvival(x: number): number {
  if (!(x > 0)) return x <= 0 ? 1 : NaN;
  let sum = 0;
  if (x < 1.18) {
    for (let k = 1; k <= 9; k += 2) sum += exp((-k * k * PI_SQUARED) / (8 * x * x));
    return 1 - (SQRT_TWO_PI / x) * sum;
  }
  for (let k = 1; k <= 5; k++) sum += (k % 2 === 1 ? 2 : -2) * exp(-2 * k * k * x * x);
  return sum;
}
