import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { YEAR_MS } from '../product/product.ts';
import { findArbitrage } from './arbitrage.ts';
import { fitEssvi } from './essvi.ts';
import type { SmileQuotes } from './smile-quotes.ts';
import { type SviSmile, sviVariance } from './surface.ts';
import { fitSurface, fitSvi } from './svi-fit.ts';

const truth: SviSmile = {
  kind: 'svi',
  expiryMs: 0.25 * YEAR_MS,
  a: 0.02,
  b: 0.15,
  rho: -0.35,
  m: 0.03,
  sigma: 0.2,
  fittedMs: 0,
};

function quotesOf(smile: SviSmile, ks: readonly number[]): SmileQuotes {
  const tau = smile.expiryMs / YEAR_MS;
  return {
    expiryMs: smile.expiryMs,
    logMoneyness: Float64Array.from(ks),
    vols: Float64Array.from(ks, (k) => Math.sqrt(sviVariance(smile, k) / tau)),
    tolerances: new Float64Array(ks.length).fill(0.005),
  };
}
const ks = Array.from({ length: 31 }, (_, i) => -0.75 + 0.05 * i);

/** Quotes of a random market: smiles of any height and tilt with noise on top, which no surface need fit. */
const noisyExpiry = fc.record({
  level: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
  tilt: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
  bend: fc.double({ min: -0.5, max: 3, noNaN: true }),
  noise: fc.array(fc.double({ min: -0.15, max: 0.15, noNaN: true }), { minLength: 1, maxLength: 25 }),
});
const noisySlices = fc.array(noisyExpiry, { minLength: 1, maxLength: 6 }).map((expiries) =>
  expiries.map(({ level, tilt, bend, noise }, j): SmileQuotes => {
    const at = noise.map(
      (_, i) => (0.2 + 0.2 * j) * (noise.length === 1 ? 0 : (2 * i) / (noise.length - 1) - 1),
    );
    return {
      expiryMs: (0.02 + 0.13 * j) * YEAR_MS,
      logMoneyness: Float64Array.from(at),
      vols: Float64Array.from(at, (k, i) => Math.max(0.05, level + tilt * k + bend * k * k + noise[i]!)),
      tolerances: Float64Array.from(at, (_, i) => 0.002 + 0.01 * (i % 3)),
    };
  }),
);

describe('the fit of one smile (SURFACE-007)', () => {
  it('finds the parameters that made the quotes', () => {
    const fitted = fitSvi(quotesOf(truth, ks), { timeMs: 0, later: null, before: [] })!;
    for (const k of [-1.2, ...ks, 1.2]) {
      expect(Math.abs(sviVariance(fitted, k) / sviVariance(truth, k) - 1)).toBeLessThan(5e-3);
    }
  });

  it('follows a smile that is quoted on one side only', () => {
    const oneSided = quotesOf(
      truth,
      ks.filter((k) => k > 0.1),
    );
    const fitted = fitSvi(oneSided, { timeMs: 0, later: null, before: [] })!;
    for (const k of oneSided.logMoneyness)
      expect(sviVariance(fitted, k)).toBeCloseTo(sviVariance(truth, k), 3);
  });

  it('stays below the smile after it', () => {
    const later = { ...truth, expiryMs: 0.26 * YEAR_MS, a: 0.018, b: 0.14 };
    const fitted = fitSvi(quotesOf(truth, ks), { timeMs: 0, later, before: [] })!;
    expect(findArbitrage({ smiles: [fitted, later] }, 0)).toBeNull();
  });
});

describe('the fit of a surface (SURFACE-008)', () => {
  it('is free of arbitrage whatever the quotes are', () => {
    fc.assert(
      fc.property(noisySlices, (slices) => {
        const { surface, fits } = fitSurface(slices, 0);
        expect(findArbitrage(surface, 0)).toBeNull();
        expect(fits.every((fit) => Number.isFinite(fit.rmseVol))).toBe(true);
      }),
      { seed: 2014, numRuns: 150, endOnFailure: true },
    );
  });

  it('reports small errors where the quotes are a surface', () => {
    const second = { ...truth, expiryMs: 0.6 * YEAR_MS, a: 0.06, b: 0.2, sigma: 0.35 };
    const { fits } = fitSurface([quotesOf(truth, ks), quotesOf(second, ks)], 0);
    expect(fits.map((fit) => fit.method)).toEqual(['svi', 'svi']);
    for (const fit of fits) expect(fit.rmseVol).toBeLessThan(1e-3);
  });

  it('is empty for no quotes', () => {
    expect(fitSurface([], 0)).toEqual({ surface: { smiles: [] }, fits: [] });
  });
});

describe('extended SSVI (SURFACE-009)', () => {
  it('is free of arbitrage whatever the quotes are', () => {
    fc.assert(
      fc.property(noisySlices, (slices) => {
        expect(findArbitrage({ smiles: fitEssvi(slices, 0) }, 0)).toBeNull();
      }),
      { seed: 2019, numRuns: 200, endOnFailure: true },
    );
  });

  it('follows symmetric smiles closely', () => {
    const symmetric = { ...truth, rho: 0, m: 0, a: 0.5 * 0.09, b: 0.15, sigma: 0.3 };
    const [fitted] = fitEssvi([quotesOf(symmetric, ks)], 0);
    for (const k of ks) expect(sviVariance(fitted!, k)).toBeCloseTo(sviVariance(symmetric, k), 4);
  });
});
