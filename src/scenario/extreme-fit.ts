import { log, log1p } from '../base/elementary.ts';
import { refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { minimiseOnInterval } from '../base/minimise.ts';
import { mean } from '../base/moments.ts';
import { EXPONENTIAL } from './extreme.ts';
import type { ParetoTail } from './extreme.ts';

/** A fit, its log-likelihood and the standard errors from the observed information (null where that is not positive). */
export type ParetoFit = ParetoTail & {
  readonly logLikelihood: number;
  readonly standardErrors: { readonly xi: number; readonly beta: number } | null;
};

const EXCESSES_MIN = 10;
/** Below xi = −1 the likelihood has no maximum. */
const XI_MIN = -1;
const GRID = 400;

function refuseExcesses(excesses: Float64Array): Failure | null {
  const positive = excesses.every((y) => y > 0 && Number.isFinite(y));
  if (positive && excesses.length >= EXCESSES_MIN) return null;
  const expected = `${EXCESSES_MIN} positive excesses`;
  return refuse('HISTORY_TOO_SHORT', { field: 'excesses', value: excesses.length, expected });
}

/** Log-likelihood of excesses under a generalised Pareto law; −Infinity where one lies beyond its end. */
export function paretoLogLikelihood(excesses: Float64Array, { xi, beta }: ParetoTail): number {
  const n = excesses.length;
  let sum = 0;
  for (const y of excesses) {
    if (!(1 + (xi * y) / beta > 0)) return Number.NEGATIVE_INFINITY;
    sum += Math.abs(xi) < EXPONENTIAL ? y / beta : (1 + 1 / xi) * log1p((xi * y) / beta);
  }
  return -n * log(beta) - sum;
}

type Profile = ParetoTail & { readonly value: number };

/** For a given theta = xi/beta the best xi is the mean of ln(1 + theta·y). Source: Grimshaw (1993). */
function profile(theta: number, excesses: Float64Array): Profile {
  let sum = 0;
  for (const y of excesses) sum += theta === 0 ? y : log1p(theta * y);
  const n = excesses.length;
  if (theta === 0) return { xi: 0, beta: sum / n, value: -n * (log(sum / n) + 1) };
  const xi = sum / n;
  const beta = xi / theta;
  return { xi, beta, value: xi < XI_MIN ? Number.NEGATIVE_INFINITY : -n * (log(beta) + xi + 1) };
}

/** Grid point k in (−GRID, GRID): below 0 theta runs to −1/largest, above it to Infinity, in steps of the mean excess. */
function thetaAt(t: number, largest: number, middle: number): number {
  return t < 0 ? t / largest : t / (1 - t) / middle;
}

/**
 * Maximum likelihood by the profile in theta = xi/beta: one dimension, scanned from end to end and then narrowed by golden section, so
 * that it cannot miss the hill nor depend on a first guess. xi is kept above −1. Refuses fewer than ten positive excesses.
 */
export function fitPareto(excesses: Float64Array): ParetoFit | Failure {
  const refused = refuseExcesses(excesses);
  if (refused !== null) return refused;
  const largest = excesses.reduce((max, y) => Math.max(max, y), 0);
  const middle = mean(excesses);
  const at = (t: number): Profile => profile(thetaAt(t, largest, middle), excesses);
  let best = { t: 0, value: Number.NEGATIVE_INFINITY };
  for (let k = 1 - GRID; k < GRID; k++) {
    const { value } = at(k / GRID);
    if (value > best.value) best = { t: k / GRID, value };
  }
  const around = { from: best.t - 1 / GRID, to: best.t + 1 / GRID };
  const found = minimiseOnInterval((t) => -at(t).value, around, 1e-11);
  const { xi, beta, value } = at(found.at);
  return { xi, beta, logLikelihood: value, standardErrors: standardErrors(excesses, { xi, beta }) };
}

/** Second derivative in xi of one term −(1 + 1/xi)·ln(1 + xi·s), by its series where the closed form would cancel. */
function curvatureInXi(s: number, xi: number): number {
  if (Math.abs(xi) < 1e-3) return s * s * (1 - (2 * s) / 3 - 6 * xi * s * (1 / 3 - s / 4));
  const w = s / (1 + xi * s);
  return (-2 * log1p(xi * s)) / (xi * xi * xi) + (2 * w) / (xi * xi) + (1 + 1 / xi) * w * w;
}

/** From the inverse of the observed information. */
function standardErrors(excesses: Float64Array, { xi, beta }: ParetoTail): ParetoFit['standardErrors'] {
  let inXi = 0;
  let first = 0;
  let second = 0;
  for (const y of excesses) {
    const w = y / (beta + xi * y);
    inXi -= curvatureInXi(y / beta, xi);
    first += w;
    second += w * w;
  }
  const cross = ((1 + xi) * second - first) / beta;
  const inBeta = ((1 + xi) * (2 * first - xi * second) - excesses.length) / (beta * beta);
  const determinant = inXi * inBeta - cross * cross;
  if (!(determinant > 0 && inXi > 0)) return null;
  return { xi: Math.sqrt(inBeta / determinant), beta: Math.sqrt(inXi / determinant) };
}

/**
 * Fit by probability-weighted moments with plotting positions (i − 0.35)/n: coarser than the likelihood, exists where that does not.
 * Sound for xi < ½. Refuses as {@link fitPareto}. Source: Hosking and Wallis (1987).
 */
export function fitParetoByMoments(excesses: Float64Array): ParetoTail | Failure {
  const refused = refuseExcesses(excesses);
  if (refused !== null) return refused;
  const ascending = Float64Array.from(excesses).sort();
  const n = ascending.length;
  const plain = mean(ascending);
  let weighted = 0;
  for (let i = 0; i < n; i++) weighted += (1 - (i + 0.65) / n) * ascending[i]!;
  weighted /= n;
  const spread = plain - 2 * weighted;
  return { xi: 2 - plain / spread, beta: (2 * plain * weighted) / spread };
}
