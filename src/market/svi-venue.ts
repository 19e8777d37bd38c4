import { log } from '../base/elementary.ts';
import { type Failure, refuse } from '../base/failure.ts';

/**
 * SVI of one expiry as an option venue publishes it on chain: raw parameters (total variance) with the forward and the
 * time to expiry they were fitted at, which need not be today's.
 */
export type VenueSvi = {
  readonly a: number;
  readonly b: number;
  readonly rho: number;
  readonly m: number;
  readonly sigma: number;
  readonly forward: number;
  readonly tauYears: number;
};

/** Log-moneyness is clamped to this many at-the-money standard deviations: beyond, the wings are flat. */
const WING_DEVIATIONS = 4;
/** Largest total variance that is used (a standard deviation of 12). */
const TOTAL_VARIANCE_MAX = 144;

/**
 * Annualised volatility of a strike (SURFACE-010): √(w / τ) with w(k) = a + b(ρ(k − m) + √((k − m)² + σ²)), k = ln(K / F) clamped and w
 * capped as the venue does. A strike of 0 has volatility 0. Refuses VOLATILITY_INVALID where a + bσ or w is negative.
 * Source: Gatheral's raw SVI with the clamps of the Lyra/Derive option feed.
 */
export function venueSviVol(strike: number, svi: VenueSvi): number | Failure {
  const { a, b, rho, m, sigma, forward, tauYears } = svi;
  if (strike === 0) return 0;
  if (!(strike > 0) || !(forward > 0) || !(tauYears > 0)) {
    const value = { strike, forward, tauYears };
    return refuse('VOLATILITY_INVALID', {
      field: 'svi',
      value: JSON.stringify(value),
      expected: 'strike ≥ 0, forward and tauYears > 0',
    });
  }
  const central = a + b * sigma;
  if (!(central >= 0)) {
    return refuse('VOLATILITY_INVALID', { field: 'svi.a + b·σ', value: central, expected: 'at least 0' });
  }
  const limit = WING_DEVIATIONS * Math.sqrt(central);
  const k = Math.min(limit, Math.max(-limit, log(strike / forward)));
  const away = k - m;
  const variance = a + b * (rho * away + Math.sqrt(away * away + sigma * sigma));
  if (!(variance >= 0)) {
    return refuse('VOLATILITY_INVALID', { field: 'svi.w(k)', value: variance, expected: 'at least 0' });
  }
  return Math.sqrt(Math.min(TOTAL_VARIANCE_MAX, variance) / tauYears);
}
