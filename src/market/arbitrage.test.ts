import { describe, expect, it } from 'vitest';
import { YEAR_MS } from '../product/product.ts';
import { findArbitrage, findButterfly, refuseSurface } from './arbitrage.ts';
import type { GridSmile, SviSmile } from './surface.ts';
import { sviDensityFactor } from './svi.ts';

/** Axel Vogt's example (Gatheral and Jacquier 2014, example 3.1): total variance is positive, the density is not. */
const VOGT: SviSmile = {
  kind: 'svi',
  expiryMs: YEAR_MS,
  a: -0.041,
  b: 0.1331,
  rho: 0.306,
  m: 0.3586,
  sigma: 0.4153,
};
const calm: SviSmile = { kind: 'svi', expiryMs: YEAR_MS, a: 0.2, b: 0.1, rho: -0.2, m: 0, sigma: 0.3 };
const grid = (vols: number[], expiryMs = YEAR_MS): GridSmile => ({
  kind: 'grid',
  expiryMs,
  logMoneyness: vols.map((_, i) => 0.1 * (i - (vols.length - 1) / 2)),
  vols,
});

describe('butterfly arbitrage (SURFACE-004)', () => {
  it('is found in the example of Axel Vogt, where the paper shows it', () => {
    const found = findButterfly(VOGT, 0);
    expect(found?.kind).toBe('butterfly');
    const worst = Array.from({ length: 300 }, (_, i) => i / 100).filter((k) => sviDensityFactor(VOGT, k) < 0);
    expect(worst[0]).toBeGreaterThan(0.6);
    expect(worst[worst.length - 1]).toBeLessThan(1.6);
  });

  it('is not found in a flat smile or a calm one', () => {
    expect(findButterfly({ ...calm, b: 0 }, 0)).toBeNull();
    expect(findButterfly(calm, 0)).toBeNull();
    expect(findButterfly(grid([0.6, 0.6, 0.6, 0.6]), 0)).toBeNull();
    expect(findButterfly(grid([0.7, 0.63, 0.6, 0.62, 0.66]), 0)).toBeNull();
  });

  it('is found in wings steeper than Lee allows, and in a narrow spike', () => {
    expect(findButterfly({ ...calm, b: 1.7, rho: 0.3 }, 0)?.logMoneyness).toBe(Infinity);
    expect(findButterfly({ ...calm, a: 0.001, b: 0.2, sigma: 0.001 }, 0)).not.toBeNull();
  });

  it('is found between the nodes of a grid whose calls are not convex, or rise', () => {
    expect(findButterfly(grid([0.6, 0.6, 0.9, 0.6, 0.6]), 0)?.logMoneyness).toBeCloseTo(0, 12);
    expect(findButterfly(grid([0.3, 3]), 0)?.logMoneyness).toBeCloseTo(0.05, 12);
  });
});

describe('calendar arbitrage (SURFACE-005)', () => {
  it('is found where a later smile has less total variance', () => {
    const later = { ...calm, expiryMs: 2 * YEAR_MS, a: 0.19 };
    const found = findArbitrage({ smiles: [calm, later] }, 0);
    expect(found?.kind).toBe('calendar');
    expect(found?.expiryMs).toBe(2 * YEAR_MS);
    expect(findArbitrage({ smiles: [calm, { ...later, a: 0.21 }] }, 0)).toBeNull();
  });

  it('is found in a wing alone', () => {
    const later = { ...calm, expiryMs: 2 * YEAR_MS, a: 0.25, b: 0.07 };
    const found = findArbitrage({ smiles: [calm, later] }, 0);
    expect(Math.abs(found!.logMoneyness)).toBeGreaterThan(1);
  });

  it('does not look at what has expired', () => {
    const expired = { ...VOGT, expiryMs: 5 };
    expect(findArbitrage({ smiles: [expired, calm] }, 10)).toBeNull();
  });
});

describe('a surface is refused (SURFACE-006)', () => {
  const codeOf = (...smiles: (SviSmile | GridSmile)[]): string | undefined =>
    refuseSurface({ smiles }, 0, 'surface')?.failure;

  it('with its expiry and k where it admits arbitrage', () => {
    const refused = refuseSurface({ smiles: [VOGT] }, 0, 'underlyings.BTC.surface');
    expect(refused?.failure).toBe('SURFACE_ARBITRAGE');
    expect(refused?.field).toMatch(/^underlyings\.BTC\.surface\[1971-01-01T00:00:00\.000Z\] at k = \d/);
  });

  it('where parameters give no volatility', () => {
    expect(codeOf({ ...calm, sigma: 0 })).toBe('VOLATILITY_INVALID');
    expect(codeOf({ ...calm, rho: 1.1 })).toBe('VOLATILITY_INVALID');
    expect(codeOf({ ...calm, a: NaN })).toBe('VOLATILITY_INVALID');
    expect(codeOf({ ...calm, a: -0.5 })).toBe('VOLATILITY_INVALID');
    expect(codeOf(grid([0.5, -0.5]))).toBe('VOLATILITY_INVALID');
  });

  it('where its shape is wrong', () => {
    expect(codeOf(calm, calm)).toBe('SHAPE_INVALID');
    expect(codeOf({ ...grid([0.5, 0.5]), logMoneyness: [0] })).toBe('SHAPE_INVALID');
    expect(codeOf({ ...grid([0.5, 0.5]), logMoneyness: [0, 0] })).toBe('SHAPE_INVALID');
    expect(codeOf(grid([]))).toBe('SHAPE_INVALID');
  });

  it('never where it is sound', () => {
    expect(codeOf()).toBeUndefined();
    expect(codeOf(calm, grid([0.87, 0.86, 0.87], 3 * YEAR_MS))).toBeUndefined();
  });
});
