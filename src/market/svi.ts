import { exp, log } from '../base/elementary.ts';
import { type SviSmile, sviVariance } from './surface.ts';

/** Beyond this |k| a smile is judged by the slopes of its wings. */
const BUTTERFLY_RANGE = 10;
/** Lee (2004): total variance grows by less than 2 per unit of |k|. */
export const WING_SLOPE_MAX = 2;

/** Smallest total variance of raw SVI: a + bσ√(1 − ρ²). */
export function sviMinimum(smile: SviSmile): number {
  return smile.a + smile.b * smile.sigma * Math.sqrt(Math.max(0, 1 - smile.rho * smile.rho));
}

/**
 * Durrleman's function g(k) = (1 − k·w′/2w)² − (w′²/4)·(1/w + 1/4) + w″/2: the density of the underlying is positive where g is
 * (Gatheral and Jacquier, "Arbitrage-free SVI volatility surfaces", 2014, eq. 2.1).
 */
export function sviDensityFactor(smile: SviSmile, k: number): number {
  const away = k - smile.m;
  const root = Math.sqrt(away * away + smile.sigma * smile.sigma);
  const w = smile.a + smile.b * (smile.rho * away + root);
  const slope = smile.b * (smile.rho + away / root);
  const bend = (smile.b * smile.sigma * smile.sigma) / (root * root * root);
  const tilt = 1 - (k * slope) / (2 * w);
  return tilt * tilt - 0.25 * slope * slope * (1 / w + 0.25) + 0.5 * bend;
}

/**
 * Log-moneyness values that see every feature of a smile: `steps` geometric ones either side of the vertex m on the scale of σ, and
 * as many either side of the money on the scale of the at-the-money deviation, out to {@link BUTTERFLY_RANGE}.
 */
export function sviProbes(smile: SviSmile, steps: number): Float64Array {
  const probes = new Float64Array(4 * steps + 2);
  fan(probes, { from: 0, centre: smile.m, scale: 0.1 * smile.sigma, steps });
  const deviation = Math.sqrt(Math.max(1e-12, sviVariance(smile, 0)));
  fan(probes, { from: 2 * steps + 1, centre: 0, scale: 0.1 * deviation, steps });
  return probes;
}

/** Writes centre, centre ± scale·q, centre ± scale·q², … up to the range. */
function fan(out: Float64Array, of: { from: number; centre: number; scale: number; steps: number }): void {
  const scale = Math.min(of.scale, 0.1 * BUTTERFLY_RANGE);
  const ratio = exp(log(BUTTERFLY_RANGE / scale) / of.steps);
  out[of.from] = of.centre;
  let distance = scale;
  for (let i = 0; i < of.steps; i++) {
    distance *= ratio;
    out[of.from + 1 + 2 * i] = of.centre - distance;
    out[of.from + 2 + 2 * i] = of.centre + distance;
  }
}
