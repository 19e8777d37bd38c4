import { type Failure, refuse } from '../base/failure.ts';
import { YEAR_MS } from '../product/product.ts';

/**
 * Implied volatility of one expiry, against log-moneyness k = ln(K / forward).
 * `svi`: total variance w(k) = a + b(ρ(k − m) + √((k − m)² + σ²)) (Gatheral 2004), measured at `fittedMs` (absent: at the
 * time of the market); as time passes the vol of a strike stays and w shrinks with the time that is left. `grid`: quoted vols
 * at ascending k, interpolated linearly in total variance and flat in vol beyond the ends.
 */
export type Smile =
  | {
      readonly kind: 'svi';
      readonly expiryMs: number;
      readonly a: number;
      readonly b: number;
      readonly rho: number;
      readonly m: number;
      readonly sigma: number;
      readonly fittedMs?: number;
    }
  | {
      readonly kind: 'grid';
      readonly expiryMs: number;
      readonly logMoneyness: readonly number[];
      readonly vols: readonly number[];
    };

export type SviSmile = Extract<Smile, { kind: 'svi' }>;
export type GridSmile = Extract<Smile, { kind: 'grid' }>;

/** Smiles ascending by expiry; between expiries total variance is interpolated linearly in time at fixed k. */
export type VolatilitySurface = { readonly smiles: readonly Smile[] };

/** Where a vol is asked for. */
export type SurfacePoint = {
  readonly logMoneyness: number;
  readonly expiryMs: number;
  readonly timeMs: number;
};

/** w(k) of raw SVI as fitted. */
export function sviVariance(smile: SviSmile, k: number): number {
  const away = k - smile.m;
  return smile.a + smile.b * (smile.rho * away + Math.sqrt(away * away + smile.sigma * smile.sigma));
}

/** Vol of a grid at k. */
function gridVol(smile: GridSmile, k: number): number {
  const { logMoneyness, vols } = smile;
  const last = logMoneyness.length - 1;
  if (!(k > logMoneyness[0]!)) return vols[0]!;
  if (k >= logMoneyness[last]!) return vols[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (logMoneyness[middle]! <= k) low = middle;
    else high = middle;
  }
  const share = (k - logMoneyness[low]!) / (logMoneyness[high]! - logMoneyness[low]!);
  return Math.sqrt((1 - share) * vols[low]! * vols[low]! + share * vols[high]! * vols[high]!);
}

/** Total variance of one smile at k, seen at `timeMs`; 0 from expiry on. */
export function smileVariance(smile: Smile, k: number, timeMs: number): number {
  const leftMs = smile.expiryMs - timeMs;
  if (!(leftMs > 0)) return 0;
  if (smile.kind === 'grid') {
    const vol = gridVol(smile, k);
    return (vol * vol * leftMs) / YEAR_MS;
  }
  const variance = sviVariance(smile, k);
  return smile.fittedMs === undefined ? variance : (variance * leftMs) / (smile.expiryMs - smile.fittedMs);
}

/**
 * Total variance vol²·τ at a point (SURFACE-003): that of the expiry's own smile; between two expiries linear in time at fixed k; before the
 * first and after the last one the vol of that one. NaN where no smile is alive.
 */
export function surfaceVariance(surface: VolatilitySurface, at: SurfacePoint): number {
  const { logMoneyness: k, expiryMs, timeMs } = at;
  const { smiles } = surface;
  let next = 0;
  while (next < smiles.length && (smiles[next]!.expiryMs < expiryMs || smiles[next]!.expiryMs <= timeMs))
    next++;
  const above = smiles[next];
  if (above?.expiryMs === expiryMs) return smileVariance(above, k, timeMs);
  const below = smiles[next - 1];
  const alive = below !== undefined && below.expiryMs > timeMs ? below : undefined;
  if (alive !== undefined && above !== undefined) {
    const low = smileVariance(alive, k, timeMs);
    const high = smileVariance(above, k, timeMs);
    return low + ((high - low) * (expiryMs - alive.expiryMs)) / (above.expiryMs - alive.expiryMs);
  }
  const nearest = alive ?? above;
  if (nearest === undefined) return NaN;
  return (smileVariance(nearest, k, timeMs) * (expiryMs - timeMs)) / (nearest.expiryMs - timeMs);
}

/**
 * Vol per √year at a point; 0 from the point's expiry on. Refuses PRICE_MISSING where no smile is alive, VOLATILITY_INVALID where
 * the total variance is negative or not finite (a surface that was not checked).
 */
export function surfaceVol(surface: VolatilitySurface, at: SurfacePoint): number | Failure {
  const leftMs = at.expiryMs - at.timeMs;
  if (!(leftMs > 0)) return 0;
  const variance = surfaceVariance(surface, at);
  if (variance >= 0 && variance < Infinity) return Math.sqrt((variance * YEAR_MS) / leftMs);
  const alive = surface.smiles.some((smile) => smile.expiryMs > at.timeMs);
  if (!alive) {
    const expected = 'a smile that has not expired';
    return refuse('PRICE_MISSING', { field: 'surface.smiles', value: surface.smiles.length, expected });
  }
  return refuse('VOLATILITY_INVALID', {
    field: `surface(k ${at.logMoneyness}, expiry ${at.expiryMs})`,
    value: variance,
    expected: 'a finite total variance ≥ 0',
  });
}
