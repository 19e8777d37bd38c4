/**
 * Quoted vols of one expiry at ascending k. `tolerances`: the vol error of each quote that counts as one unit, such as half its
 * bid–ask spread in vol. At least one quote; all finite, vols and tolerances > 0.
 */
export type SmileQuotes = {
  readonly expiryMs: number;
  readonly logMoneyness: Float64Array;
  readonly vols: Float64Array;
  readonly tolerances: Float64Array;
};

/** Total variance that the quote nearest to the money implies, `tauYears` before expiry. */
export function centralVariance(quotes: SmileQuotes, tauYears: number): number {
  const { logMoneyness, vols } = quotes;
  let nearest = 0;
  for (let i = 1; i < vols.length; i++) {
    if (Math.abs(logMoneyness[i]!) < Math.abs(logMoneyness[nearest]!)) nearest = i;
  }
  return vols[nearest]! * vols[nearest]! * tauYears;
}
