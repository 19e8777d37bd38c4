import { exp, log } from '../base/elementary.ts';
import { leastSquares } from '../base/least-squares.ts';
import { YEAR_MS } from '../product/product.ts';
import { CALENDAR_PROBES, findButterfly, findCalendar } from './arbitrage.ts';
import { fitEssvi } from './essvi.ts';
import { type SmileQuotes, centralVariance } from './smile-quotes.ts';
import { type SviSmile, type VolatilitySurface, smileVariance, sviVariance } from './surface.ts';
import { sviDensityFactor, sviProbes } from './svi.ts';

/** How well one fitted smile meets its quotes. Errors in vol (0.01 = one point). */
export type SmileFit = {
  readonly expiryMs: number;
  readonly quotes: number;
  /** `svi`: five parameters of its own. `essvi`: the surface fell back to the family that cannot admit arbitrage. */
  readonly method: 'svi' | 'essvi';
  readonly rmseVol: number;
  /** Root mean square of error / tolerance. */
  readonly rmseUnits: number;
  readonly worstVol: number;
};

export type FittedSurface = { readonly surface: VolatilitySurface; readonly fits: readonly SmileFit[] };

const ITERATIONS_MAX = 40;
const GAIN_MIN = 1e-6;
/** Each round weighs violations more, and looks where the last one still found one. */
const ROUNDS_MAX = 8;
const PENALTY_GROWTH = 4;
const DENSITY_MARGIN = 2e-3;
const VARIANCE_MARGIN = 5e-4;
const WING_SLOPE_SOFT = 1.9;
/** One unit of a violation: of total variance relative to its bound, and of g. */
const CALENDAR_UNIT = 5e-3;
const DENSITY_UNIT = 1e-2;
/** Pull towards the start, in units per unit of a parameter: decides what the quotes leave open. */
const ANCHOR = 1e-2;
const PROBE_STEPS = 10;
const CALENDAR_STRIDE = 4;

/** Free coordinates x = (ln minimum, ln b, ρ/√(1 − ρ²), m, ln σ) of the smiles with b, σ and minimum > 0 and |ρ| < 1. */
function toSmile(x: Float64Array, at: { expiryMs: number; fittedMs: number }): SviSmile {
  const b = exp(x[1]!);
  const sigma = exp(x[4]!);
  const stretch = Math.sqrt(1 + x[2]! * x[2]!);
  const a = exp(x[0]!) - (b * sigma) / stretch;
  return {
    kind: 'svi',
    expiryMs: at.expiryMs,
    a,
    b,
    rho: x[2]! / stretch,
    m: x[3]!,
    sigma,
    fittedMs: at.fittedMs,
  };
}

/**
 * What a smile must obey besides its quotes: at most the total variance of the expiry after it; where it has no quotes of its own, at
 * least that of the quotes of expiries before it; g ≥ 0. `densityAt` and `varianceAt`: k to look at above all.
 */
type Bounds = {
  readonly timeMs: number;
  readonly later: SviSmile | null;
  readonly floors: readonly Floor[];
  readonly densityAt: number[];
  readonly varianceAt: number[];
};

type Floor = {
  readonly k: number;
  readonly vol: number;
  readonly tolerance: number;
  readonly tauYears: number;
};

/** Quotes of earlier expiries beyond the strikes that this one quotes. */
function floorsOf(quotes: SmileQuotes, before: readonly SmileQuotes[], timeMs: number): Floor[] {
  const { logMoneyness } = quotes;
  const low = logMoneyness[0]!;
  const high = logMoneyness[logMoneyness.length - 1]!;
  const floors: Floor[] = [];
  for (const earlier of before) {
    const tauYears = (earlier.expiryMs - timeMs) / YEAR_MS;
    for (let i = 0; i < earlier.vols.length; i++) {
      const k = earlier.logMoneyness[i]!;
      if (k >= low && k <= high) continue;
      floors.push({ k, vol: earlier.vols[i]!, tolerance: earlier.tolerances[i]!, tauYears });
    }
  }
  return floors;
}

/**
 * Fits one smile to its quotes by least squares in vol (SURFACE-007), with rising penalties on butterfly arbitrage and on calendar arbitrage against
 * the smile of the expiry after it (`later`), until neither is left; `before`: the quotes of earlier expiries, which it must leave
 * room for. Null where that does not succeed.
 */
export function fitSvi(
  quotes: SmileQuotes,
  at: { readonly timeMs: number; readonly later: SviSmile | null; readonly before: readonly SmileQuotes[] },
): SviSmile | null {
  const { timeMs, later } = at;
  const start = startOf(quotes, timeMs);
  const floors = floorsOf(quotes, at.before, timeMs);
  const bounds: Bounds = { timeMs, later, floors, densityAt: [], varianceAt: [] };
  let x: Float64Array = start;
  let penalty = 1;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const { count, write } = residualsOf(quotes, bounds, { start, penalty });
    x = leastSquares(write, x, { count, iterationsMax: ITERATIONS_MAX, gainMin: GAIN_MIN }).at;
    const smile = toSmile(x, { expiryMs: quotes.expiryMs, fittedMs: timeMs });
    const butterfly = findButterfly(smile, timeMs);
    const calendar = later === null ? null : findCalendar(smile, later, timeMs);
    if (butterfly === null && calendar === null) return smile;
    if (butterfly !== null && Math.abs(butterfly.logMoneyness) < Infinity)
      bounds.densityAt.push(butterfly.logMoneyness);
    if (calendar !== null) bounds.varianceAt.push(calendar.logMoneyness);
    penalty *= PENALTY_GROWTH;
  }
  return null;
}

function residualsOf(
  quotes: SmileQuotes,
  bounds: Bounds,
  of: { readonly start: Float64Array; readonly penalty: number },
): { count: number; write: (x: Float64Array, out: Float64Array) => void } {
  const { logMoneyness, vols, tolerances, expiryMs } = quotes;
  const { timeMs, later, floors, densityAt } = bounds;
  const { start, penalty } = of;
  const tau = (expiryMs - timeMs) / YEAR_MS;
  const checks = [...CALENDAR_PROBES.filter((_, i) => i % CALENDAR_STRIDE === 0), ...bounds.varianceAt];
  const caps = checks.map((k) =>
    later === null ? Infinity : (1 - VARIANCE_MARGIN) * smileVariance(later, k, timeMs),
  );
  const judged = 4 * PROBE_STEPS + 2 + densityAt.length + checks.length + 1;
  const count = vols.length + floors.length + judged + start.length;
  const lacking = (smile: SviSmile, k: number): number =>
    (penalty * Math.max(0, DENSITY_MARGIN - sviDensityFactor(smile, k))) / DENSITY_UNIT;
  const write = (x: Float64Array, out: Float64Array): void => {
    const smile = toSmile(x, { expiryMs, fittedMs: timeMs });
    let row = 0;
    for (let i = 0; i < vols.length; i++) {
      const vol = Math.sqrt(sviVariance(smile, logMoneyness[i]!) / tau);
      out[row++] = (vol - vols[i]!) / tolerances[i]!;
    }
    for (const { k, vol, tolerance, tauYears } of floors) {
      out[row++] = Math.max(0, vol - Math.sqrt(sviVariance(smile, k) / tauYears)) / tolerance;
    }
    for (const k of sviProbes(smile, PROBE_STEPS)) out[row++] = lacking(smile, k);
    for (const k of densityAt) out[row++] = lacking(smile, k);
    for (let i = 0; i < checks.length; i++) {
      const excess = Math.max(0, sviVariance(smile, checks[i]!) / caps[i]! - 1);
      out[row++] = (penalty * excess) / CALENDAR_UNIT;
    }
    const slope = smile.b * (1 + Math.abs(smile.rho));
    out[row++] = (penalty * Math.max(0, slope - WING_SLOPE_SOFT)) / DENSITY_UNIT;
    for (let j = 0; j < x.length; j++) out[row++] = ANCHOR * (x[j]! - start[j]!);
  };
  return { count, write };
}

/** Vertices m and widths σ tried for the start, in at-the-money standard deviations. */
const START_VERTICES = [-1, -0.3, 0, 0.3, 1];
const START_WIDTHS = [0.3, 0.8, 2];

/**
 * The best of a few (m, σ), for each of which a, b·ρ and b follow from linear least squares in total variance (the inner step of De
 * Marco and Martini, "Quasi-explicit calibration of Gatheral's SVI model", 2009), moved into the domain.
 */
function startOf(quotes: SmileQuotes, timeMs: number): Float64Array {
  const tau = (quotes.expiryMs - timeMs) / YEAR_MS;
  const level = centralVariance(quotes, tau);
  const deviation = Math.sqrt(level);
  const best: { x: Float64Array; cost: number } = {
    x: Float64Array.of(log(level), log(0.1 * deviation), 0, 0, log(deviation)),
    cost: Infinity,
  };
  for (const vertex of START_VERTICES) {
    for (const width of START_WIDTHS) {
      const shape = { m: vertex * deviation, sigma: width * deviation, level };
      const { x, cost } = linearStart(quotes, tau, shape);
      if (cost < best.cost) {
        best.x = x;
        best.cost = cost;
      }
    }
  }
  return best.x;
}

function linearStart(
  quotes: SmileQuotes,
  tau: number,
  shape: { m: number; sigma: number; level: number },
): { x: Float64Array; cost: number } {
  const { logMoneyness, vols, tolerances } = quotes;
  const { m, sigma, level } = shape;
  const away = (i: number): number => (logMoneyness[i]! - m) / sigma;
  const weight = (i: number): number => 1 / (2 * vols[i]! * tau * tolerances[i]!);
  const write = (p: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < vols.length; i++) {
      const y = away(i);
      const variance = p[0]! + p[1]! * y + p[2]! * Math.sqrt(y * y + 1);
      out[i] = (variance - vols[i]! * vols[i]! * tau) * weight(i);
    }
  };
  const guess = Float64Array.of(0.5 * level, 0, 0.5 * level);
  const { at } = leastSquares(write, guess, { count: vols.length, iterationsMax: 3, gainMin: 1e-3 });
  const steep = Math.max(at[2]!, 1e-3 * level);
  const tilt = Math.max(-0.95, Math.min(0.95, at[1]! / steep));
  const least = Math.max(at[0]! + steep * Math.sqrt(1 - tilt * tilt), 0.02 * level);
  const moved = Float64Array.of(least - steep * Math.sqrt(1 - tilt * tilt), tilt * steep, steep);
  const residuals = new Float64Array(vols.length);
  write(moved, residuals);
  const cost = residuals.reduce((sum, r) => sum + r * r, 0);
  const x = Float64Array.of(log(least), log(steep / sigma), tilt / Math.sqrt(1 - tilt * tilt), m, log(sigma));
  return { x, cost };
}

/**
 * Fits a whole surface from the last expiry to the first (SURFACE-008), each smile by {@link fitSvi} below the one after it: far expiries are quoted
 * widest, so they say how steep the wings of near ones may be. Where one smile does not succeed, the whole surface by
 * {@link fitEssvi}. The result is free of butterfly and calendar arbitrage by the judgement of `findArbitrage`.
 * `slices` ascending by expiry, all after `timeMs`.
 */
export function fitSurface(slices: readonly SmileQuotes[], timeMs: number): FittedSurface {
  const smiles: SviSmile[] = [];
  let later: SviSmile | null = null;
  for (let i = slices.length - 1; i >= 0; i--) {
    const smile: SviSmile | null = fitSvi(slices[i]!, { timeMs, later, before: slices.slice(0, i) });
    if (smile === null) {
      const fallback = fitEssvi(slices, timeMs);
      return {
        surface: { smiles: fallback },
        fits: fallback.map((s, j) => judgeFit(s, slices[j]!, 'essvi')),
      };
    }
    smiles.unshift(smile);
    later = smile;
  }
  return { surface: { smiles }, fits: smiles.map((smile, i) => judgeFit(smile, slices[i]!, 'svi')) };
}

function judgeFit(smile: SviSmile, quotes: SmileQuotes, method: 'svi' | 'essvi'): SmileFit {
  const { logMoneyness, vols, tolerances, expiryMs } = quotes;
  const tau = (expiryMs - smile.fittedMs!) / YEAR_MS;
  let squares = 0;
  let units = 0;
  let worstVol = 0;
  for (let i = 0; i < vols.length; i++) {
    const error = Math.sqrt(sviVariance(smile, logMoneyness[i]!) / tau) - vols[i]!;
    squares += error * error;
    units += (error / tolerances[i]!) * (error / tolerances[i]!);
    worstVol = Math.max(worstVol, Math.abs(error));
  }
  const n = vols.length;
  return {
    expiryMs,
    quotes: n,
    method,
    rmseVol: Math.sqrt(squares / n),
    rmseUnits: Math.sqrt(units / n),
    worstVol,
  };
}
