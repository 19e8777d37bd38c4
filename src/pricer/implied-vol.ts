import { blackComplement, blackOverSlope, logBlackSlope, logRatio } from '../base/black-function.ts';
import { exp, log } from '../base/elementary.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { normalCdf, normalQuantile } from '../base/normal.ts';
import type { Right } from './black76.ts';

/** What an implied volatility is asked of: the discounted `price` of a European option on a forward. */
export type QuotedOption = {
  readonly right: Right;
  readonly forward: number;
  readonly strike: number;
  readonly tauYears: number;
  readonly rate: number;
  readonly price: number;
};

const LN_SQRT_TWO_PI = 0.9189385332046728;
const SQRT_THREE = 1.7320508075688772;
/** Rounding of price, discount and intrinsic value together, in units of the largest of them. */
const NOISE = 8 * 2.220446049250313e-16;
/** Convergence is cubic: after a step this small the next one would be below rounding. */
const STEP_FRAC_MAX = 1e-7;
/** Halley's iteration takes a handful of steps; the rest is for the safeguard. */
const ITERATIONS_MAX = 100;

/**
 * Black-76 implied volatility per √year (PRICE-006, PRICE-007): the vol whose price is `price`, to the accuracy that the price itself has.
 *
 * Works on ln(time value) of the out-of-the-money side, so prices of 1e-300 and prices one rounding below the maximum are
 * inverted alike. Refuses NUMBER_NOT_FINITE, NUMBER_OUT_OF_RANGE (forward or strike ≤ 0), INSTRUMENT_EXPIRED (τ ≤ 0),
 * IMPLIED_VOL_BELOW_INTRINSIC, IMPLIED_VOL_ABOVE_MAXIMUM, IMPLIED_VOL_UNDETERMINED (time value lost in rounding).
 * After Jäckel, "By implication" (2006) and "Let's be rational" (2015): his transformations and lower guess, Halley's iteration.
 */
export function impliedVol(quoted: QuotedOption): number | Failure {
  const target = timeValueOf(quoted);
  if (typeof target !== 'number') return target;
  const low = Math.min(quoted.forward, quoted.strike);
  const high = Math.max(quoted.forward, quoted.strike);
  if (target === 0) return 0;
  const deviation = impliedDeviation(target, low, high);
  if (deviation === null) {
    return refuse('NOT_CONVERGED', {
      field: 'price',
      value: quoted.price,
      expected: 'a price within reach of f64',
    });
  }
  return deviation / Math.sqrt(quoted.tauYears);
}

/** Undiscounted time value; 0 only where that means a vol of 0 (at the money). */
function timeValueOf(quoted: QuotedOption): number | Failure {
  const { right, forward, strike, tauYears, rate, price } = quoted;
  for (const field of ['forward', 'strike', 'tauYears', 'rate', 'price'] as const) {
    if (!Number.isFinite(quoted[field])) {
      return refuse('NUMBER_NOT_FINITE', { field, value: quoted[field], expected: 'a finite number' });
    }
  }
  if (forward <= 0)
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'forward', value: forward, expected: '> 0' });
  if (strike <= 0) return refuse('NUMBER_OUT_OF_RANGE', { field: 'strike', value: strike, expected: '> 0' });
  if (tauYears <= 0) {
    return refuse('INSTRUMENT_EXPIRED', { field: 'tauYears', value: tauYears, expected: '> 0' });
  }
  const discount = exp(-rate * tauYears);
  const inside = Math.max(0, right === 'call' ? forward - strike : strike - forward);
  const undiscounted = price / discount;
  const timeValue = undiscounted - inside;
  const noise = inside === 0 ? 0 : NOISE * Math.max(forward, strike);
  if (timeValue < -noise) {
    const expected = `≥ ${discount * inside}, the discounted intrinsic value`;
    return refuse('IMPLIED_VOL_BELOW_INTRINSIC', { field: 'price', value: price, expected });
  }
  const maximum = right === 'call' ? forward : strike;
  if (undiscounted >= maximum) {
    const expected = `< ${discount * maximum}, the discounted ${right === 'call' ? 'forward' : 'strike'}`;
    return refuse('IMPLIED_VOL_ABOVE_MAXIMUM', { field: 'price', value: price, expected });
  }
  if (timeValue <= noise && forward !== strike) {
    const expected = 'a time value above rounding';
    return refuse('IMPLIED_VOL_UNDETERMINED', { field: 'price', value: price, expected });
  }
  return timeValue;
}

/** s = vol·√τ with time value c of an option between `low` ≤ `high`; 0 < c < low. */
function impliedDeviation(c: number, low: number, high: number): number | null {
  const x = logRatio(low, high);
  const turn = Math.sqrt(-2 * x);
  const logTurn = turn > 0 ? logBlackSlope(x, turn) + log(blackOverSlope(x, turn)) : -Infinity;
  const logTarget = log(c) - 0.5 * (log(low) + log(high));
  if (logTarget < logTurn) {
    const start = lowerGuess(x, { turn, logTarget, logTurn });
    return solve({ start, from: 0, to: turn, step: (s) => lowerStep(x, s, logTarget) });
  }
  const most = exp(0.5 * x);
  if (c < 0.5 * low) {
    const target = most * (c / low);
    const start = turn + (target - exp(logTurn)) * exp(turn > 0 ? -logBlackSlope(x, turn) : LN_SQRT_TWO_PI);
    return solve({ start, from: turn, to: Infinity, step: (s) => middleStep(x, s, target) });
  }
  const missingFrac = (low - c) / low;
  const distance = -normalQuantile(0.5 * missingFrac);
  const start = distance + Math.sqrt(distance * distance - 2 * x);
  return solve({ start, from: turn, to: Infinity, step: (s) => upperStep(x, s, most * missingFrac) });
}

/**
 * f(s) = 2π|x|/√27·Φ(−|x|/(√3·s))³ agrees with b(s) as s → 0; the two are matched at both ends of 0 < s < turn by
 * 1/f = 1/b + constant, and f is inverted.
 */
function lowerGuess(x: number, at: { turn: number; logTarget: number; logTurn: number }): number {
  const whole = (-2 * Math.PI * x) / (3 * SQRT_THREE);
  const phi = normalCdf(x / (SQRT_THREE * at.turn));
  const shift = 1 / (whole * phi * phi * phi) - exp(-at.logTurn);
  const logMapped = at.logTarget - log(1 + exp(at.logTarget) * shift);
  const quantile = normalQuantile(exp((logMapped - log(whole)) / 3));
  const start = x / (SQRT_THREE * quantile);
  return start > 0 && start < at.turn ? start : 0.5 * at.turn;
}

/** ∂²b/∂s² / ∂b/∂s. */
function curvature(x: number, s: number): number {
  return (x * x) / (s * s * s) - 0.25 * s;
}

/** Halley's step for 1/ln b(s) = 1/ln target. */
function lowerStep(x: number, s: number, logTarget: number): number {
  const ratio = blackOverSlope(x, s);
  const logValue = logBlackSlope(x, s) + log(ratio);
  const newton = ((logTarget - logValue) * logValue * ratio) / logTarget;
  return halley(newton, curvature(x, s) - (1 + 2 / logValue) / ratio);
}

/** Halley's step for b(s) = target. */
function middleStep(x: number, s: number, target: number): number {
  return halley(target * exp(-logBlackSlope(x, s)) - blackOverSlope(x, s), curvature(x, s));
}

/** Halley's step for ln(e^(x/2) − b(s)) = ln missing. */
function upperStep(x: number, s: number, missing: number): number {
  const complement = blackComplement(x, s);
  const slope = exp(logBlackSlope(x, s));
  return halley(log(complement / missing) * (complement / slope), curvature(x, s) + slope / complement);
}

/** −G/G′ / (1 + ½·(−G/G′)·G″/G′), never turned round. */
function halley(newton: number, secondOverFirst: number): number {
  return newton / Math.max(0.5, 1 + 0.5 * newton * secondOverFirst);
}

/** Iterates between two bounds; a step that leaves them is replaced by bisection (by doubling where there is no upper one). */
function solve(of: { start: number; from: number; to: number; step: (s: number) => number }): number | null {
  let { start: s, from, to } = of;
  for (let i = 0; i < ITERATIONS_MAX; i++) {
    const move = of.step(s);
    if (Number.isNaN(move)) return null;
    if (move > 0) from = s;
    else to = s;
    const next = s + move;
    if (Math.abs(move) <= STEP_FRAC_MAX * s) return next;
    s = next > from && next < to ? next : to === Infinity ? 2 * s : 0.5 * (from + to);
  }
  return null;
}
