import { describe, expect, it } from 'vitest';
import { type VenueSvi, venueSviVol } from './svi-venue.ts';

const SVI: VenueSvi = {
  a: 0.00895535717038,
  b: 0.066742226,
  rho: -0.395012519,
  m: -0.06837246,
  sigma: 0.150124485,
  forward: 2134,
  tauYears: 0.04438419583968,
};

describe('the volatility of a strike (SURFACE-010)', () => {
  // Computed with Python's math module from the formula.
  it.each([
    [2300, 0.6547716020451576],
    [3000, 0.783559163624007],
    [100, 1.117358991882343],
    [1e6, 0.8900596374016773],
  ])('of %d is %d', (strike, expected) => {
    expect(venueSviVol(strike, SVI)).toBeCloseTo(expected, 13);
  });

  it('is flat beyond the clamp and 0 at a strike of 0', () => {
    expect(venueSviVol(1e7, SVI)).toBe(venueSviVol(1e6, SVI));
    expect(venueSviVol(0, SVI)).toBe(0);
  });

  it('is capped at a total variance of 144', () => {
    expect(venueSviVol(2134, { ...SVI, a: 500, tauYears: 1 })).toBe(12);
  });

  it('refuses a negative variance, a negative strike and what is not a number', () => {
    for (const [strike, svi] of [
      [2134, { ...SVI, a: -1 }],
      [2134, { ...SVI, b: 1, rho: 0, sigma: 1, a: -1, m: 0, tauYears: 0 }],
      [-1, SVI],
      [NaN, SVI],
      [2134, { ...SVI, forward: 0 }],
    ] as const) {
      expect(venueSviVol(strike, svi)).toMatchObject({ failure: 'VOLATILITY_INVALID' });
    }
  });
});
