/**
 * Implied volatility of one expiry, against log-moneyness k = ln(K / forward).
 * `svi`: total variance w(k) = a + b(ρ(k − m) + √((k − m)² + σ²)) (Gatheral 2004). `grid`: quoted vols at ascending k,
 * interpolated linearly in total variance and flat in vol beyond the ends.
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
    }
  | {
      readonly kind: 'grid';
      readonly expiryMs: number;
      readonly logMoneyness: readonly number[];
      readonly vols: readonly number[];
    };

/** Smiles ascending by expiry; between expiries total variance is interpolated linearly in time at fixed k. */
export type VolatilitySurface = { readonly smiles: readonly Smile[] };
