import { blackTimeValue } from '../base/black-function.ts';
import { exp } from '../base/elementary.ts';
import { type Failure, refuse } from '../base/failure.ts';
import {
  type GridSmile,
  type Smile,
  type SviSmile,
  type VolatilitySurface,
  smileVariance,
} from './surface.ts';
import { WING_SLOPE_MAX, sviDensityFactor, sviMinimum, sviProbes } from './svi.ts';

/** Calendar arbitrage is looked for at |k| ≤ this: strikes from a twentieth to twenty times the forward. */
const CALENDAR_RANGE = 3;

const PROBE_STEPS = 60;
const CALENDAR_STEPS = 60;
/** Rounding allowed in g, in slopes of call prices, and in total variance relative to itself. */
const DENSITY_SLACK = 1e-9;
const PRICE_SLACK = 1e-10;
const VARIANCE_SLACK = 1e-9;

/** A violation: `amount` is how far below its bound the judged quantity lies. */
export type Arbitrage = {
  readonly kind: 'butterfly' | 'calendar';
  readonly expiryMs: number;
  readonly logMoneyness: number;
  readonly amount: number;
};

/** k at which calendar spreads are compared: 0 and geometrically out to ± {@link CALENDAR_RANGE}. */
export const CALENDAR_PROBES: Float64Array = calendarProbes();

function calendarProbes(): Float64Array {
  const probes = new Float64Array(2 * CALENDAR_STEPS + 1);
  for (let i = 0; i < CALENDAR_STEPS; i++) {
    const k = CALENDAR_RANGE * exp((-7 * i) / CALENDAR_STEPS);
    probes[i] = -k;
    probes[2 * CALENDAR_STEPS - i] = k;
  }
  return probes;
}

/**
 * First butterfly arbitrage of one smile, or null (SURFACE-004). SVI: wing slopes b(1 ± ρ) < 2 and g(k) ≥ 0 on a dense grid out to |k| = 10
 * (Gatheral and Jacquier 2014). Grid: call prices at its nodes fall and are convex in strike; between nodes it is an interpolation.
 */
export function findButterfly(smile: Smile, timeMs: number): Arbitrage | null {
  return smile.kind === 'svi' ? sviButterfly(smile) : gridButterfly(smile, timeMs);
}

function sviButterfly(smile: SviSmile): Arbitrage | null {
  const { expiryMs, b, rho } = smile;
  const slope = b * (1 + Math.abs(rho));
  if (!(slope < WING_SLOPE_MAX)) {
    const logMoneyness = rho < 0 ? -Infinity : Infinity;
    return { kind: 'butterfly', expiryMs, logMoneyness, amount: slope - WING_SLOPE_MAX };
  }
  for (const k of sviProbes(smile, PROBE_STEPS)) {
    const factor = sviDensityFactor(smile, k);
    if (!(factor >= -DENSITY_SLACK)) return { kind: 'butterfly', expiryMs, logMoneyness: k, amount: -factor };
  }
  return null;
}

/** Slopes ∂C/∂K between nodes, in units of the forward, starting from the node K = 0 where C = 1: from −1 up to 0. */
function gridButterfly(smile: GridSmile, timeMs: number): Arbitrage | null {
  let strikeBefore = 0;
  let timeValueBefore = 0;
  let slopeBefore = -1;
  for (const k of smile.logMoneyness) {
    const strike = exp(k);
    const timeValue = blackTimeValue(1, strike, Math.sqrt(smileVariance(smile, k, timeMs)));
    const intrinsicMove = Math.max(0, 1 - strike) - Math.max(0, 1 - strikeBefore);
    const slope = (timeValue - timeValueBefore + intrinsicMove) / (strike - strikeBefore);
    const lacking = Math.max(slopeBefore - slope, slope);
    if (!(lacking <= PRICE_SLACK)) {
      return { kind: 'butterfly', expiryMs: smile.expiryMs, logMoneyness: k, amount: lacking };
    }
    strikeBefore = strike;
    timeValueBefore = timeValue;
    slopeBefore = slope;
  }
  return null;
}

/** First k where the later of two smiles has less total variance than the earlier one, or null (SURFACE-005). */
export function findCalendar(earlier: Smile, later: Smile, timeMs: number): Arbitrage | null {
  const judge = (k: number): Arbitrage | null => {
    const before = smileVariance(earlier, k, timeMs);
    const lacking = before - smileVariance(later, k, timeMs);
    if (lacking <= VARIANCE_SLACK * before) return null;
    return { kind: 'calendar', expiryMs: later.expiryMs, logMoneyness: k, amount: lacking };
  };
  for (const k of CALENDAR_PROBES) {
    const found = judge(k);
    if (found !== null) return found;
  }
  for (const smile of [earlier, later]) {
    if (smile.kind === 'svi') continue;
    for (const k of smile.logMoneyness) {
      const found = Math.abs(k) <= CALENDAR_RANGE ? judge(k) : null;
      if (found !== null) return found;
    }
  }
  return null;
}

/** First arbitrage of a surface, earliest expiry first, or null. Smiles that have expired are not judged. */
export function findArbitrage(surface: VolatilitySurface, timeMs: number): Arbitrage | null {
  let earlier: Smile | null = null;
  for (const smile of surface.smiles) {
    if (smile.expiryMs <= timeMs) continue;
    const found =
      findButterfly(smile, timeMs) ?? (earlier === null ? null : findCalendar(earlier, smile, timeMs));
    if (found !== null) return found;
    earlier = smile;
  }
  return null;
}

/**
 * Judges a surface before anything is priced with it (SURFACE-006). Refuses SHAPE_INVALID (expiries or strikes not ascending, lengths that differ),
 * VOLATILITY_INVALID (parameters that give no volatility) and SURFACE_ARBITRAGE, naming expiry and k. Null where all is well.
 */
export function refuseSurface(surface: VolatilitySurface, timeMs: number, field: string): Failure | null {
  let expiryBefore = -Infinity;
  for (const smile of surface.smiles) {
    const at = `${field}[${expiryName(smile.expiryMs)}]`;
    if (!(smile.expiryMs > expiryBefore && smile.expiryMs < Infinity)) {
      return refuse('SHAPE_INVALID', { field: at, value: smile.expiryMs, expected: 'expiries that ascend' });
    }
    expiryBefore = smile.expiryMs;
    const refused = smile.kind === 'svi' ? refuseSvi(smile, at) : refuseGrid(smile, at);
    if (refused !== null) return refused;
  }
  const found = findArbitrage(surface, timeMs);
  if (found === null) return null;
  const expected =
    found.kind === 'butterfly' ? 'a density ≥ 0' : 'at least the total variance of the expiry before';
  return refuse('SURFACE_ARBITRAGE', {
    field: `${field}[${expiryName(found.expiryMs)}] at k = ${found.logMoneyness}`,
    value: `${found.kind}, lacking ${found.amount}`,
    expected,
  });
}

/** ISO time of an expiry, or its number where it is no date. */
function expiryName(expiryMs: number): string {
  return Math.abs(expiryMs) < 8.64e15 ? new Date(expiryMs).toISOString() : String(expiryMs);
}

function refuseSvi(smile: SviSmile, field: string): Failure | null {
  const { a, b, rho, m, sigma, expiryMs, fittedMs = -Infinity } = smile;
  const sound =
    [a, b, rho, m, sigma].every(Number.isFinite) &&
    b >= 0 &&
    Math.abs(rho) <= 1 &&
    sigma > 0 &&
    fittedMs < expiryMs;
  const least = sound ? sviMinimum(smile) : NaN;
  if (least > 0) return null;
  return refuse('VOLATILITY_INVALID', {
    field,
    value: JSON.stringify({ a, b, rho, m, sigma }),
    expected: 'b ≥ 0, |rho| ≤ 1, sigma > 0 and a + b·sigma·√(1 − rho²) > 0',
  });
}

function refuseGrid(smile: GridSmile, field: string): Failure | null {
  const { logMoneyness, vols } = smile;
  if (logMoneyness.length === 0 || logMoneyness.length !== vols.length) {
    const value = `${logMoneyness.length} and ${vols.length} entries`;
    return refuse('SHAPE_INVALID', {
      field,
      value,
      expected: 'as many vols as log-moneyness values, at least one',
    });
  }
  for (let i = 0; i < vols.length; i++) {
    const k = logMoneyness[i]!;
    if (!(k > (logMoneyness[i - 1] ?? -Infinity) && k < Infinity)) {
      return refuse('SHAPE_INVALID', {
        field: `${field}.logMoneyness[${i}]`,
        value: k,
        expected: 'ascending values',
      });
    }
    if (!(vols[i]! > 0 && vols[i]! < Infinity)) {
      return refuse('VOLATILITY_INVALID', {
        field: `${field}.vols[${i}]`,
        value: vols[i],
        expected: 'finite, > 0',
      });
    }
  }
  return null;
}
