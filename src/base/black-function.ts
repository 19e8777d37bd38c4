import { exp, log, log1p } from './elementary.ts';
import { normalCdf, normalPdf } from './normal.ts';

/**
 * The normalised Black function b(x, s) = e^(x/2)·Φ(x/s + s/2) − e^(−x/2)·Φ(x/s − s/2) for x ≤ 0: the value of an
 * out-of-the-money call over √(F·K), with x = ln(F/K) and s = vol·√τ (Jäckel, "By implication", 2006).
 *
 * With h = x/s, t = s/2 and Y = Φ/φ it is b = ∂b/∂s · (Y(h + t) − Y(h − t)), ∂b/∂s = e^(−(h² + t²)/2)/√(2π). Every path
 * below sums terms of one sign, so the relative error stays near 1e-15 where b itself is 1e-300.
 */
const LN_SQRT_TWO_PI = 0.9189385332046728;
/** Derivatives of Y used by the series in t; with t ≤ |h|/8 the first one left out is below 1e-17 of the sum. */
const SERIES_ORDER = 19;

/** ln(low / high) for 0 < low ≤ high, accurate where they nearly agree. */
export function logRatio(low: number, high: number): number {
  const ratio = low / high;
  if (ratio > 0.5) return log1p((low - high) / high);
  return ratio > 1e-300 ? log(ratio) : log(low) - log(high);
}

/** Y(z) = Φ(z)/φ(z) for z ≤ 1, Mills' ratio of −z; Laplace's continued fraction where Φ and φ underflow. */
function millsRatio(z: number): number {
  if (z > -30) return normalCdf(z) / normalPdf(z);
  let tail = 0;
  for (let n = 8; n >= 1; n--) tail = n / (tail - z);
  return 1 / (tail - z);
}

/**
 * Y(h + t) − Y(h − t) = 2·Σ Y⁽ⁿ⁾(h)·tⁿ/n! over odd n. Y⁽ⁿ⁾(h) = ∫ uⁿ·e^(hu − u²/2) du > 0 obeys
 * Y⁽ⁿ⁺¹⁾ = n·Y⁽ⁿ⁻¹⁾ + h·Y⁽ⁿ⁾: upward it cancels for large −h, there the ratios come from the downward recurrence.
 */
function seriesDifference(h: number, t: number): number {
  const y = millsRatio(h);
  if (h > -3) {
    let before = y;
    let current = 1 + h * y;
    let power = t;
    let sum = current * t;
    for (let n = 1; n < SERIES_ORDER; n++) {
      const next = n * before + h * current;
      before = current;
      current = next;
      power *= t / (n + 1);
      if ((n & 1) === 0) sum += current * power;
    }
    return 2 * sum;
  }
  const far = -h;
  let ratio = 0;
  for (let n = SERIES_ORDER + 5 + Math.ceil(171 / (far * far)); n > SERIES_ORDER; n--)
    ratio = n / (far + ratio);
  let nested = 0;
  for (let n = SERIES_ORDER; n >= 1; n--) {
    ratio = n / (far + ratio);
    nested = (ratio * t * ((n & 1) === 1 ? 1 + nested : nested)) / n;
  }
  return 2 * y * nested;
}

/** Y(h + t) − Y(h − t) for h ≤ 0 < t and h + t ≤ 1. */
function millsDifference(h: number, t: number): number {
  return t < Math.max(-h, 1) / 8 ? seriesDifference(h, t) : millsRatio(h + t) - millsRatio(h - t);
}

/** ln ∂b/∂s at x ≤ 0, s > 0. */
export function logBlackSlope(x: number, s: number): number {
  const h = x / s;
  return -0.5 * (h * h + 0.25 * s * s) - LN_SQRT_TWO_PI;
}

/** b / (∂b/∂s) at x ≤ 0, s > 0; positive, without under- or overflow up to s = 70. */
export function blackOverSlope(x: number, s: number): number {
  const h = x / s;
  const t = 0.5 * s;
  if (h + t <= 1) return millsDifference(h, t);
  const value = exp(0.5 * x) * normalCdf(h + t) - exp(-0.5 * x) * normalCdf(h - t);
  return value / exp(logBlackSlope(x, s));
}

/** e^(x/2) − b(x, s): what is missing to the largest value, at x ≤ 0, s > 0; a sum of two positive terms. */
export function blackComplement(x: number, s: number): number {
  const h = x / s;
  const t = 0.5 * s;
  return exp(0.5 * x) * normalCdf(-(h + t)) + exp(-0.5 * x) * normalCdf(h - t);
}

/**
 * Undiscounted time value of a European option: what call and put are worth above max(±(forward − strike), 0), in the unit of
 * `forward`. `deviation` = vol·√τ ≥ 0. Zero where a side is ≤ 0 or the deviation is 0; relative error about 1e-15·ln².
 */
export function blackTimeValue(forward: number, strike: number, deviation: number): number {
  const low = Math.min(forward, strike);
  const high = Math.max(forward, strike);
  if (low <= 0 || deviation <= 0) return 0;
  const x = logRatio(low, high);
  const h = x / deviation;
  const t = 0.5 * deviation;
  if (h + t > 1) return Math.max(0, low * normalCdf(h + t) - high * normalCdf(h - t));
  const scale = Math.sqrt(low) * Math.sqrt(high) * exp(logBlackSlope(x, deviation));
  return scale === 0 ? 0 : scale * millsDifference(h, t);
}
